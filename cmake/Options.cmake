# What a preset may choose. CMakePresets.json gives the combinations that are tested.

option(KAGIKURA_TESTS "Build the tests" ON)
option(KAGIKURA_HARDENED "ThinLTO and control-flow integrity (clang with lld)" OFF)
option(KAGIKURA_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
option(KAGIKURA_COVERAGE "Instrument for line, branch and MC/DC coverage (clang)" OFF)
set(KAGIKURA_SANITIZERS "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(KAGIKURA_CCACHE ccache)
if(KAGIKURA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${KAGIKURA_CCACHE}")
endif()
