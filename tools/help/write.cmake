# SPDX-License-Identifier: Apache-2.0
# Has the program write manual pages and completions, laid out below DIRECTORY as in share/.
# usage: cmake -DPROGRAM=DSEG -DPROGRAMS=NAME,... -DDIRECTORY=DIR -P write.cmake
#        PROGRAM: the program, behind its emulator if it has one; PROGRAMS: its other names
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" programs "${PROGRAMS}")
# Manual pages are dated: by SOURCE_DATE_EPOCH where it is set, which CMake looks at, too.
string(TIMESTAMP seconds "%s" UTC)
set(ENV{SOURCE_DATE_EPOCH} ${seconds})
unset(ENV{DSEG_PLUGIN_PATH}) # plug-ins of whoever builds are not those of whoever installs

# write(PATH ARGUMENT...): what `dseg help ARGUMENT...` says, in the file PATH of DIRECTORY.
function(write path)
  get_filename_component(folder ${DIRECTORY}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${PROGRAM} help ${ARGN} OUTPUT_FILE ${DIRECTORY}/${path} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${DIRECTORY})
execute_process(COMMAND ${PROGRAM} help --format names OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
string(STRIP "${names}" names)
string(REPLACE "\n" ";" names "${names}")
write(man/man1/dseg.1 --format man)
foreach(name IN LISTS names)
  write(man/man1/dseg-${name}.1 ${name} --format man)
endforeach()
write(bash-completion/completions/dseg --format bash)
write(zsh/site-functions/_dseg --format zsh)
write(fish/vendor_completions.d/dseg.fish --format fish)
# bash and fish look for a file of the program's name; zsh's says which programs it is for.
foreach(name IN LISTS programs)
  file(WRITE ${DIRECTORY}/man/man1/${name}.1 ".so man1/dseg-${name}.1\n")
  file(CREATE_LINK dseg ${DIRECTORY}/bash-completion/completions/${name} SYMBOLIC)
  file(CREATE_LINK dseg.fish ${DIRECTORY}/fish/vendor_completions.d/${name}.fish SYMBOLIC)
endforeach()
file(TOUCH ${DIRECTORY}/complete)
