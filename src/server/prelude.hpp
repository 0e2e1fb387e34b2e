// What every file of the server side includes: compiled once, and included by the command line alone (see the
// Makefile). A file still includes what it uses.

#include "core/prelude.hpp"
#include "server/boundary.hpp"
