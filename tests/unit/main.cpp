// The entry point of every unit test program; the cases come from the folder's own files.
#define BOOST_TEST_MODULE kagikura
#include <boost/test/unit_test.hpp>
