# SPDX-License-Identifier: Apache-2.0
# Libraries that a build may use: one call declares the option, looks for the library, and notes what the summary, the
# version text and pkg-config need.
#
# DSEG_WITH_<NAME>, in the cache, is AUTO (use the library when it is found), ON (stop without it) or OFF (do not look
# for it). DSEG_LIBRARIES says which of the three AUTO means. Behind the call DSEG_WITH_<NAME> is a plain variable, ON
# or OFF: whether this build has the library.
set(DSEG_LIBRARIES AUTO CACHE STRING "Libraries whose own option is AUTO: AUTO uses what is found, ON needs all, OFF none")
set_property(CACHE DSEG_LIBRARIES PROPERTY STRINGS AUTO ON OFF)
if(NOT DSEG_LIBRARIES MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "DSEG_LIBRARIES is ${DSEG_LIBRARIES}; it is AUTO, ON or OFF")
endif()

# pkg-config knows the libraries of this machine, not those of another one that is compiled for.
if(NOT DSEG_LIBRARIES STREQUAL "OFF" AND (NOT CMAKE_CROSSCOMPILING OR DEFINED ENV{PKG_CONFIG_LIBDIR}))
  find_package(PkgConfig QUIET)
endif()

# What a call finds, for those who come later: dseg_libraries lists the names in order.
foreach(list IN ITEMS dseg_libraries dseg_missing_libraries dseg_pc_requires dseg_pc_libs)
  set_property(GLOBAL PROPERTY ${list} "")
endforeach()

# dseg_read_version(RESULT FILE MACRO...): the values of the macros in a header, joined with dots.
function(dseg_read_version result file)
  set(parts "")
  foreach(macro IN LISTS ARGN)
    file(STRINGS "${file}" line LIMIT_COUNT 1 REGEX "^[ \t]*#[ \t]*define[ \t]+${macro}[ \t]")
    string(REGEX REPLACE "^[ \t]*#[ \t]*define[ \t]+${macro}[ \t]+\"?([^ \t\"/]+).*$" "\\1" value "${line}")
    list(APPEND parts "${value}")
  endforeach()
  list(JOIN parts "." version)
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

# dseg_find_library(NAME
#   TITLE text                what it is called, with its version, in "dseg --version"
#   FOR text                  what it is for
#   DEBIAN package            what to install on Debian
#   HEADER file               that sources include
#   LIBRARIES name...         to link
#   VERSION file macro...     header and macros that say its version
#   [PKG_CONFIG name]         a usable .pc file, if it has one
#   [HEADER_FOLDERS name...]  below include, where HEADER is if there is no pkg-config to say so
#   [LANGUAGE CXX])           its header is C++
# gives DSEG_WITH_<NAME>, DSEG_<NAME>_INCLUDE_DIRS, DSEG_<NAME>_LINK (files) and DSEG_<NAME>_VERSION.
function(dseg_find_library name)
  cmake_parse_arguments(PARSE_ARGV 1 LIB "" "TITLE;FOR;DEBIAN;HEADER;PKG_CONFIG;LANGUAGE"
                        "LIBRARIES;VERSION;HEADER_FOLDERS")
  set(DSEG_WITH_${name} AUTO CACHE STRING "${LIB_FOR}, through ${LIB_TITLE}: AUTO, ON or OFF")
  set_property(CACHE DSEG_WITH_${name} PROPERTY STRINGS AUTO ON OFF)
  string(TOUPPER "${DSEG_WITH_${name}}" wanted)
  if(wanted STREQUAL "AUTO")
    set(wanted ${DSEG_LIBRARIES})
  elseif(wanted) # 1, YES and TRUE, too
    set(wanted ON)
  else()
    set(wanted OFF)
  endif()
  set_property(GLOBAL APPEND PROPERTY dseg_libraries ${name})
  set(DSEG_WITH_${name} OFF PARENT_SCOPE)
  if(wanted STREQUAL "OFF")
    set_property(GLOBAL PROPERTY dseg_found_${name} "${LIB_TITLE} is not used: without ${LIB_FOR}")
    return()
  endif()

  if(LIB_PKG_CONFIG AND PKG_CONFIG_FOUND)
    pkg_check_modules(DSEG_PC_${name} QUIET ${LIB_PKG_CONFIG})
  endif()
  find_path(DSEG_${name}_INCLUDE_DIR ${LIB_HEADER} HINTS ${DSEG_PC_${name}_INCLUDE_DIRS}
            PATH_SUFFIXES ${LIB_HEADER_FOLDERS})
  mark_as_advanced(DSEG_${name}_INCLUDE_DIR)
  set(lacks "")
  if(NOT DSEG_${name}_INCLUDE_DIR)
    list(APPEND lacks "${LIB_HEADER}")
  endif()
  set(files "")
  foreach(library IN LISTS LIB_LIBRARIES)
    find_library(DSEG_${name}_${library}_LIBRARY ${library} HINTS ${DSEG_PC_${name}_LIBRARY_DIRS})
    mark_as_advanced(DSEG_${name}_${library}_LIBRARY)
    if(DSEG_${name}_${library}_LIBRARY)
      list(APPEND files ${DSEG_${name}_${library}_LIBRARY})
    else()
      list(APPEND lacks "lib${library}")
    endif()
  endforeach()
  if(LIB_LANGUAGE STREQUAL "CXX" AND NOT CMAKE_CXX_COMPILER)
    list(APPEND lacks "a C++ compiler")
  endif()
  if(lacks)
    list(JOIN lacks ", " lacks)
    set_property(GLOBAL PROPERTY dseg_found_${name} "${LIB_TITLE} is not found (Debian: ${LIB_DEBIAN}): without ${LIB_FOR}")
    if(wanted STREQUAL "ON")
      set_property(GLOBAL APPEND PROPERTY dseg_missing_libraries
                   "DSEG_WITH_${name}: ${LIB_TITLE} (${LIB_FOR}) lacks ${lacks}: apt-get install ${LIB_DEBIAN}")
    endif()
    return()
  endif()

  list(POP_FRONT LIB_VERSION header)
  find_file(DSEG_${name}_VERSION_HEADER ${header} HINTS ${DSEG_${name}_INCLUDE_DIR} NO_CACHE)
  set(version "")
  if(DSEG_${name}_VERSION_HEADER)
    dseg_read_version(version "${DSEG_${name}_VERSION_HEADER}" ${LIB_VERSION})
  endif()
  set_property(GLOBAL PROPERTY dseg_found_${name} "${LIB_TITLE} ${version}: ${LIB_FOR}")
  set_property(GLOBAL PROPERTY dseg_version_${name} "${LIB_TITLE} ${version}")
  set(DSEG_WITH_${name} ON PARENT_SCOPE)
  set(DSEG_${name}_INCLUDE_DIRS ${DSEG_${name}_INCLUDE_DIR} PARENT_SCOPE)
  set(DSEG_${name}_LINK ${files} PARENT_SCOPE)
  set(DSEG_${name}_VERSION "${version}" PARENT_SCOPE)
  set_property(GLOBAL PROPERTY dseg_pc_${name} "${LIB_PKG_CONFIG}")
  set_property(GLOBAL PROPERTY dseg_l_${name} "${LIB_LIBRARIES}")
endfunction()

# dseg_link_library(TARGET NAME): TARGET uses a library if it was found. DSEG_HAVE_<NAME> is
# 1 in its sources then, else 0.
function(dseg_link_library target name)
  if(NOT DSEG_WITH_${name})
    target_compile_definitions(${target} PRIVATE DSEG_HAVE_${name}=0)
    return()
  endif()
  target_include_directories(${target} SYSTEM PRIVATE ${DSEG_${name}_INCLUDE_DIRS})
  target_compile_definitions(${target} PRIVATE DSEG_HAVE_${name}=1)
  target_link_libraries(${target} PRIVATE ${DSEG_${name}_LINK})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "OBJECT_LIBRARY") # of the program, which nobody links
    return()
  endif()
  # Who links a static ${target} links the library, too: by its .pc file, or by its names.
  get_property(pc GLOBAL PROPERTY dseg_pc_${name})
  get_property(libraries GLOBAL PROPERTY dseg_l_${name})
  if(pc)
    set_property(GLOBAL APPEND PROPERTY dseg_pc_requires ${pc})
  else()
    list(TRANSFORM libraries PREPEND "-l")
    set_property(GLOBAL APPEND PROPERTY dseg_pc_libs ${libraries})
  endif()
endfunction()

# Stops when a library is missing that the options need: all of them at once, with what to install.
function(dseg_check_libraries)
  get_property(missing GLOBAL PROPERTY dseg_missing_libraries)
  if(missing)
    list(JOIN missing "\n  " missing)
    message(FATAL_ERROR "Libraries that the options need are not there:\n  ${missing}\n"
                        "Install them, or set the option to OFF, or DSEG_LIBRARIES to AUTO to build with what is there.")
  endif()
endfunction()

# Writes FILE, a C header: the libraries that were found, with their versions, as one text.
function(dseg_write_versions file)
  get_property(names GLOBAL PROPERTY dseg_libraries)
  set(texts "")
  foreach(name IN LISTS names)
    get_property(text GLOBAL PROPERTY dseg_version_${name})
    list(APPEND texts "${text}")
  endforeach()
  list(APPEND texts libc)
  list(REMOVE_ITEM texts "")
  list(REMOVE_DUPLICATES texts)
  list(JOIN texts ", " texts)
  file(CONFIGURE OUTPUT ${file} CONTENT "#define DSEG_LIBRARY_VERSIONS \"${texts}\"\n")
endfunction()

# The end of a configuration: what the build will have.
function(dseg_show_summary)
  message(STATUS "dseg ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, program ${DSEG_BUILD_TOOLS}, tests ${DSEG_BUILD_TESTS}, "
                 "benchmarks ${DSEG_BUILD_BENCH}, warnings are errors ${DSEG_WARNINGS_AS_ERRORS}")
  get_property(names GLOBAL PROPERTY dseg_libraries)
  foreach(name IN LISTS names)
    get_property(found GLOBAL PROPERTY dseg_found_${name})
    message(STATUS "  ${found} (DSEG_WITH_${name})")
  endforeach()
endfunction()
