# The functions with which folders describe themselves:
#
#   kagikura_library(NAME SOURCES a.cpp ... DEPENDS base dep::lmdb ... [EXCEPTIONS])
#   kagikura_program(NAME SOURCES main.cpp ... DEPENDS ... [EXCEPTIONS] [DESTINATION sbin] [COMPONENT verify])
#   kagikura_unit_test(FOLDER [DEPENDS ...])     every tests/unit/FOLDER/*.cpp in one program
#
# A library called NAME is the archive libkagikura_NAME.a. Code of ours throws nothing; EXCEPTIONS is
# for the command line program, whose argument parser does.

function(kagikura_set_up target exceptions)
  target_link_libraries(${target} PUBLIC kagikura_flags)
  if(NOT exceptions)
    target_compile_options(${target} PRIVATE -fno-exceptions)
  endif()
endfunction()

function(kagikura_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXCEPTIONS" "" "SOURCES;DEPENDS")
  add_library(${name} STATIC ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME kagikura_${name})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS})
  kagikura_set_up(${name} ${arg_EXCEPTIONS})
  # tests/fuzz links the libraries of the folders that a target includes.
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REGEX REPLACE "/.*" "" folder "${folder}")
  set_property(GLOBAL APPEND PROPERTY KAGIKURA_LIBRARIES_${folder} ${name})
endfunction()

function(kagikura_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXCEPTIONS" "DESTINATION;COMPONENT" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
  kagikura_set_up(${name} ${arg_EXCEPTIONS})
  # What people never start themselves is out of their way (FHS 3.0, 4.7).
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION libexec/kagikura)
  endif()
  if(NOT arg_COMPONENT)
    set(arg_COMPONENT appliance)
  endif()
  install(TARGETS ${name} RUNTIME DESTINATION ${arg_DESTINATION} COMPONENT ${arg_COMPONENT})
endfunction()

function(kagikura_unit_test folder)
  if(NOT KAGIKURA_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${folder}/*.cpp")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name "unit_${folder}")
  add_executable(${name} "${PROJECT_SOURCE_DIR}/tests/unit/main.cpp" ${sources})
  # Templates over every message: compiling them well takes longer than running them ill.
  set_target_properties(${name} PROPERTIES KAGIKURA_TEST ON)
  target_compile_options(${name} PRIVATE -O0)
  if(TARGET ${folder})
    target_link_libraries(${name} PRIVATE ${folder})
  endif()
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} Boost::unit_test_framework kagikura_flags)
  add_test(NAME ${name} COMMAND ${name} --color_output=no)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
