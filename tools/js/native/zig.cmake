# SPDX-License-Identifier: Apache-2.0
# WebAssembly for browsers and node, by the clang and the C library in the wheel `ziglang`: tools/js/setup.sh installs it.
set(CMAKE_SYSTEM_NAME Generic) # CMake 3.25 knows no WASI
set(CMAKE_SYSTEM_PROCESSOR wasm32)

set(DSEG_JS ${CMAKE_CURRENT_LIST_DIR}/../../../build/js CACHE PATH "What tools/js/setup.sh installed")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DSEG_JS)
if(NOT EXISTS ${DSEG_JS}/bin/zig-cc)
  message(FATAL_ERROR "${DSEG_JS} has no compiler for WebAssembly: sh tools/js/setup.sh")
endif()
set(CMAKE_C_COMPILER ${DSEG_JS}/bin/zig-cc)
set(CMAKE_CXX_COMPILER "") # the library is C alone
set(CMAKE_AR ${DSEG_JS}/bin/zig-ar CACHE FILEPATH "Archiver")
set(CMAKE_RANLIB ${DSEG_JS}/bin/zig-ranlib CACHE FILEPATH "Index of archives")

set(CMAKE_C_FLAGS_INIT "-target wasm32-wasi")
set(CMAKE_EXECUTABLE_SUFFIX_C .wasm)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
