# Libraries of the distribution, each as dep::NAME. A folder links only those that it may include
# (the one-place rules of tests/lint); nothing here is fetched or bundled.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
add_library(dep::crypto ALIAS OpenSSL::Crypto)
add_library(dep::threads ALIAS Threads::Threads)

function(kagikura_dependency name module)
  pkg_check_modules(dep_${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  add_library(dep::${name} ALIAS PkgConfig::dep_${name})
endfunction()

kagikura_dependency(seccomp libseccomp)
kagikura_dependency(lmdb lmdb)
kagikura_dependency(argon2 libargon2)
kagikura_dependency(qrencode libqrencode)
kagikura_dependency(microhttpd libmicrohttpd)
kagikura_dependency(gnutls gnutls)
kagikura_dependency(p11kit p11-kit-1)
kagikura_dependency(fmt fmt)
kagikura_dependency(curl libcurl)

# Header-only, without a pkg-config file of use to us.
add_library(kagikura_toml INTERFACE)
target_compile_definitions(kagikura_toml INTERFACE TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=0)
add_library(dep::toml ALIAS kagikura_toml)
add_library(kagikura_cli11 INTERFACE)
add_library(dep::cli11 ALIAS kagikura_cli11)

if(KAGIKURA_TESTS)
  find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)
  find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
endif()
