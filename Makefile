# Builds and installs the module with PGXS; `make demo` and `make test` need nothing but a bare Debian.

EXTENSION = migfix
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" migfix.control)

MODULE_big = migfix
OBJS := $(patsubst %.cpp,%.o,$(sort $(wildcard src/core/*.cpp src/server/*.cpp)))
DATA := $(wildcard migfix--*.sql)
DOCS = README.md
PRELUDES := src/core/prelude.hpp.gch src/server/prelude.hpp.gch
EXTRA_CLEAN = $(OBJS:.o=.d) $(PRELUDES) $(PRELUDES:.gch=.d)

REGRESS := $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS = --inputdir=. --load-extension=migfix
ISOLATION := $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=migfix

PG_CONFIG ?= pg_config

all:

# These targets install what they need first, so they must work before there is a pg_config.
demo test test-matrix test-asan campaign crash fuzz sqlsmith valgrind neighbours:
	@script/$@

distclean: remove-roots
remove-roots:
	@script/debian-root --remove

.PHONY: demo test test-matrix test-asan campaign crash fuzz sqlsmith valgrind neighbours distclean remove-roots

ifeq ($(filter demo test test-matrix test-asan campaign crash fuzz sqlsmith valgrind neighbours,$(MAKECMDGOALS)),)
ifeq ($(shell command -v $(PG_CONFIG)),)
$(error $(PG_CONFIG) is not here: install PostgreSQL's server headers (Debian: `apt-get install postgresql-server-dev-all libfmt-dev g++`) or name it: make PG_CONFIG=/path/to/pg_config)
endif

PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -Isrc \
	-DMIGFIX_VERSION='"$(EXTVERSION)"'
# -Wno-register: the server's headers up to 15 still use the keyword, which C++17 took out.
# -g1: functions and lines for a backtrace. All that -g writes of templates makes the build half as long again
# and the module three times as large.
# -MMD: beside each object stands what it was made from.
# COPT: PGXS gives it to the linker and to the compiler of C only.
PG_CXXFLAGS = -std=c++20 -g1 -MMD -MP -Wall -Wextra -Werror -Wno-register -fvisibility=hidden -fvisibility-inlines-hidden \
	$(COPT)
SHLIB_LINK += -lstdc++ -Wl,--version-script=src/server/exports.map
# PGXS would compile the bitcode without PG_CXXFLAGS; nothing here gains from inlining by the JIT.
override with_llvm = no

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Half of the compiler's time went into the same headers, once for each file: they are compiled first, and once.
src/core/%.o: private override CXXFLAGS += -include src/core/prelude.hpp
src/server/%.o: private override CXXFLAGS += -include src/server/prelude.hpp
$(filter src/core/%,$(OBJS)): src/core/prelude.hpp.gch
$(filter src/server/%,$(OBJS)): src/server/prelude.hpp.gch
$(PRELUDES): %.gch: %
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -x c++-header -c -o $@ $<

$(OBJS) $(PRELUDES): migfix.control
-include $(OBJS:.o=.d) $(PRELUDES:.gch=.d)
# Of an object without such a list nobody knows what it was made from.
$(filter-out $(patsubst %.d,%.o,$(wildcard src/core/*.d src/server/*.d)),$(OBJS)): $(wildcard src/core/*.hpp src/server/*.hpp)
endif
