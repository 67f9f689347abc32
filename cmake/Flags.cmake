# The flags of every target of ours, as one interface target. docs/design/0001-build.md has the why.

add_library(kagikura_flags INTERFACE)
target_include_directories(kagikura_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_definitions(kagikura_flags INTERFACE KAGIKURA_VERSION="${PROJECT_VERSION}")

set(is_clang $<CXX_COMPILER_ID:Clang>)
set(is_gcc $<CXX_COMPILER_ID:GNU>)

# Warnings are errors in both compilers.
target_compile_options(kagikura_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wconversion -Wsign-conversion -Wdouble-promotion -Wfloat-equal
  # A parameter named like a member of an aggregate is no mistake; GCC alone takes it for one.
  $<IF:${is_clang},-Wshadow,-Wshadow=local>
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wcast-qual -Wcast-align
  -Wformat=2 -Wundef -Wswitch-enum -Wextra-semi -Wnull-dereference -Wvla
  $<${is_clang}:-Wimplicit-fallthrough>
  $<${is_clang}:-Wthread-safety>
  $<${is_clang}:-Wunreachable-code-aggressive>
  # A designated initialiser that leaves members at their declared defaults is what we want.
  -Wno-missing-field-initializers
  # GCC 12 takes TRY (a statement expression) for a missing initialisation at -O2.
  $<${is_gcc}:-Wno-maybe-uninitialized>
  $<${is_gcc}:-Wno-null-dereference>)

target_compile_options(kagikura_flags INTERFACE -fno-omit-frame-pointer -fvisibility=hidden)

# Machine paths stay out of the binaries that are shipped: the same sources give the same bytes
# anywhere. The other presets keep them, so that a compiler cache can serve several work trees.
if(KAGIKURA_HARDENED)
  target_compile_options(kagikura_flags INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
endif()

if(KAGIKURA_SANITIZERS)
  target_compile_options(kagikura_flags INTERFACE
    -fsanitize=${KAGIKURA_SANITIZERS} -fno-sanitize-recover=all)
  target_link_options(kagikura_flags INTERFACE -fsanitize=${KAGIKURA_SANITIZERS})
else()
  # Sanitizers bring their own checks and do not go together with these.
  target_compile_definitions(kagikura_flags INTERFACE _GLIBCXX_ASSERTIONS)
  # Unit tests are compiled without optimisation (kagikura_unit_test), which fortification needs.
  set(is_test $<BOOL:$<TARGET_PROPERTY:KAGIKURA_TEST>>)
  target_compile_options(kagikura_flags INTERFACE
    -U_FORTIFY_SOURCE $<$<NOT:${is_test}>:-D_FORTIFY_SOURCE=3>
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr)
  target_link_options(kagikura_flags INTERFACE
    -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)
endif()
# A module that is loaded into other programs is position-independent in another way.
target_compile_options(kagikura_flags INTERFACE
  $<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:-fPIE>)
target_link_options(kagikura_flags INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)

if(KAGIKURA_HARDENED)
  set(cfi_ignore "${PROJECT_SOURCE_DIR}/cmake/cfi-ignore.txt")
  set(cfi -flto=thin
    -fsanitize=cfi-vcall,cfi-nvcall,cfi-derived-cast,cfi-unrelated-cast,cfi-icall)
  target_compile_options(kagikura_flags INTERFACE ${cfi} -fsanitize-ignorelist=${cfi_ignore})
  target_link_options(kagikura_flags INTERFACE
    ${cfi} -fuse-ld=lld-19 -Wl,--thinlto-cache-dir=${PROJECT_BINARY_DIR}/thinlto
    -Wl,--icf=none -Wl,--build-id=sha1)
endif()

if(KAGIKURA_COVERAGE)
  target_compile_options(kagikura_flags INTERFACE
    -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc)
  target_link_options(kagikura_flags INTERFACE -fprofile-instr-generate)
endif()

if(KAGIKURA_FUZZ)
  target_compile_options(kagikura_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
