# The name of a build: two programs speak with each other only when theirs is the same
# (ipc/edge.h). A release names its version and its sources; any other build is "dev", so that a
# change of one file does not link every test anew. Also written to build-id, for tools and people.

set(KAGIKURA_BUILD_ID dev)
if(KAGIKURA_HARDENED)
  set(patterns "")
  foreach(folder base ipc policy config audit hsm daemon web console monitor site tamper mail update cli)
    list(APPEND patterns "${PROJECT_SOURCE_DIR}/${folder}/*.h" "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  endforeach()
  file(GLOB_RECURSE sources RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS ${patterns})
  list(SORT sources)
  set(sums "")
  foreach(source ${sources})
    file(SHA256 "${PROJECT_SOURCE_DIR}/${source}" sum)
    string(APPEND sums "${sum} ${source}\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${source}")
  endforeach()
  string(SHA256 digest "${sums}")
  string(SUBSTRING "${digest}" 0 16 digest)
  set(KAGIKURA_BUILD_ID "${PROJECT_VERSION}+${digest}")
endif()
file(WRITE "${PROJECT_BINARY_DIR}/build-id" "${KAGIKURA_BUILD_ID}\n")
