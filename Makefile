# jirasync: make help lists what there is to do.

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
TEST    ?=
CASE    ?=

PACKAGES = libsodium libcjson libpq
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror -Wno-override-init
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
OPTIMIZE ?= -O2 -g
SANITIZE ?=
ifneq ($(SANITIZE),)
HARDEN   = -fPIE
endif
GIT_SHA  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)

CPPFLAGS += -D_GNU_SOURCE -Ilib -Ifcgi -I$(BUILD)/generated $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS   += -std=c17 $(OPTIMIZE) $(WARNINGS) $(HARDEN) $(SANITIZE) -pthread
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(SANITIZE) -pthread
LDLIBS   += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
FCGI_LIBS = -lfcgi

LIB_OBJECTS  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*.c))
MAINS        = fcgi/receiver.c fcgi/worker.c fcgi/jirasync.c
FCGI_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAINS),$(wildcard fcgi/*.c)))
PROGRAMS     = $(BUILD)/jirasync-receiver $(BUILD)/jirasync-worker $(BUILD)/jirasync
UNIT_TESTS   = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
INTEGRATION_TESTS = $(patsubst tests/integration/%.c,$(BUILD)/tests/integration/%,$(wildcard tests/integration/test_*.c))
TEST_LIBS    = -lcmocka $(FCGI_LIBS) $(LDLIBS)
C_FILES      = $(wildcard lib/*.[ch] fcgi/*.[ch] tests/unit/*.[ch] tests/integration/*.[ch] tests/fuzz/*.[ch] tests/bench/*.[ch])
SH_FILES     = $(shell grep -lE '^\#!/bin/(ba)?sh' -r .ci sql tests/support tests/e2e tests/integration tests/bench 2>/dev/null)
MAN_PAGES    = $(wildcard docs/man/*.[1-8])

all: $(PROGRAMS) ## build the three programs

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The commit stands in its own small file, so that a new commit recompiles only what names it.
$(BUILD)/git_sha: FORCE
	@mkdir -p $(@D)
	@echo '$(GIT_SHA)' | cmp -s - $@ || echo '$(GIT_SHA)' >$@
NAMES_GIT_SHA = $(patsubst %.c,$(BUILD)/%.o,$(shell grep -l JIRASYNC_GIT_SHA lib/*.c fcgi/*.c 2>/dev/null))
$(NAMES_GIT_SHA): $(BUILD)/git_sha
$(NAMES_GIT_SHA): CPPFLAGS += -DJIRASYNC_GIT_SHA='"$(GIT_SHA)"'

$(BUILD)/libjirasync.a: $(LIB_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/jirasync-receiver: $(BUILD)/fcgi/receiver.o $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(FCGI_LIBS) $(LDLIBS)

$(BUILD)/jirasync-worker: $(BUILD)/fcgi/worker.o $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/jirasync: $(BUILD)/fcgi/jirasync.o $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(FCGI_OBJECTS) $(BUILD)/libjirasync.a $(TEST_LIBS)

$(BUILD)/tests/integration/%: tests/integration/%.c $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(FCGI_OBJECTS) $(BUILD)/libjirasync.a $(TEST_LIBS)

unit-tests: $(UNIT_TESTS)

integration-tests: $(INTEGRATION_TESTS)

unit: ## run the unit tests alone
	@tests/support/run-tests --build '$(BUILD)' --test '$(TEST)' --case '$(CASE)' unit

integration: ## run the integration and SQL tests alone, on a private cluster
	@tests/support/run-tests --build '$(BUILD)' --test '$(TEST)' --case '$(CASE)' sql integration

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z_-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: all unit-tests integration-tests unit integration clean help FORCE
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
