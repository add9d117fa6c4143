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
CURL_LIBS = -lcurl

LIB_OBJECTS  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*.c))
MAINS        = fcgi/receiver.c fcgi/worker.c fcgi/jirasync.c
COMMANDS     = $(wildcard fcgi/command*.c)
COMMAND_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,fcgi/jirasync.c $(COMMANDS))
FCGI_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAINS) $(COMMANDS),$(wildcard fcgi/*.c)))
PROGRAMS     = $(BUILD)/jirasync-receiver $(BUILD)/jirasync-worker $(BUILD)/jirasync
UNIT_TESTS   = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
BENCH_PROGRAMS = $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
INTEGRATION_TESTS = $(patsubst tests/integration/%.c,$(BUILD)/tests/integration/%,$(wildcard tests/integration/test_*.c))
TEST_LIBS    = -lcmocka $(FCGI_LIBS) $(CURL_LIBS) $(LDLIBS)
FORMATTED    = $(wildcard lib/*.[ch] fcgi/*.[ch] tests/*/*.[ch])
MAN_PAGES    = $(wildcard docs/man/*.[1-8])
INSTALLED_BIN   = $(DESTDIR)$(PREFIX)/bin
INSTALLED_SHARE = $(DESTDIR)$(PREFIX)/share/jirasync
INSTALLED_MAN   = $(DESTDIR)$(PREFIX)/share/man

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
	$(CC) $(LDFLAGS) -o $@ $^ $(CURL_LIBS) $(LDLIBS)

$(BUILD)/jirasync: $(COMMAND_OBJECTS) $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(CURL_LIBS) $(LDLIBS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(FCGI_OBJECTS) $(BUILD)/libjirasync.a $(TEST_LIBS)

$(BUILD)/tests/integration/%: tests/integration/%.c $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(FCGI_OBJECTS) $(BUILD)/libjirasync.a $(TEST_LIBS)

# What a test starts rather than is: each is made by the test that needs it.
$(BUILD)/tests/support/%: tests/support/%.c $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(BUILD)/libjirasync.a $(LDLIBS)

# The programs that the budgets measure; tests/budget/body.c is a part of each.
$(BUILD)/tests/budget/%: tests/budget/%.c tests/budget/body.c tests/budget/body.h $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/budget $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< tests/budget/body.c $(FCGI_OBJECTS) $(BUILD)/libjirasync.a $(FCGI_LIBS) $(LDLIBS)

$(BUILD)/tests/bench/%: tests/bench/%.c $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(BUILD)/libjirasync.a $(FCGI_LIBS) $(LDLIBS)

unit-tests: $(UNIT_TESTS)

integration-tests: $(INTEGRATION_TESTS)

RUN_TESTS = tests/support/run-tests --build '$(BUILD)' --test '$(TEST)' --case '$(CASE)'
STACK     = BUILD='$(BUILD)' tests/support/stack
# What a target needs is installed before make asks pkg-config about it, so the building is a make of its own.
INSTALL_DEPENDENCIES = tests/support/install-dependencies

run: ## build, start everything, show a sample; Ctrl-C stops it
	@$(INSTALL_DEPENDENCIES) run
	@$(MAKE) --no-print-directory all
	@$(STACK) run

up: ## build and start everything in the background (RUN_DIR, JIRASYNC_PORT, PGPORT move it)
	@$(INSTALL_DEPENDENCIES) run
	@$(MAKE) --no-print-directory all
	@$(STACK) up

down: ## stop what `make up` started
	@$(STACK) down

test: ## run all tests (TEST=signature CASE='rejects_*' runs some)
	@$(INSTALL_DEPENDENCIES) test
	@$(MAKE) --no-print-directory $(if $(TEST),,all)
	@$(MAKE) --no-print-directory all-tests

unit: ## run the unit tests alone
	@$(RUN_TESTS) unit

integration: ## run the SQL and integration tests alone, on a private cluster
	@$(RUN_TESTS) sql integration

all-tests:
	@$(RUN_TESTS) unit e2e budget integration sql # the longest begin first

unit-and-integration:
	@$(RUN_TESTS) unit sql integration

bench: ## measure beside the bare database, and hold the figures against the budgets (PARTS='rates lag' for some)
	@$(INSTALL_DEPENDENCIES) bench
	@$(MAKE) --no-print-directory all $(BENCH_PROGRAMS)
	@python3 tests/bench/run.py --build '$(BUILD)' $(if $(PARTS),--parts '$(PARTS)') $(if $(RECORD),--record)

soak: ## ten minutes of updates at half the peak; fails when memory, tables or latency grow (MINUTES=N)
	@$(INSTALL_DEPENDENCIES) bench
	@$(MAKE) --no-print-directory all $(BENCH_PROGRAMS)
	@python3 tests/bench/soak.py --build '$(BUILD)' $(if $(MINUTES),--minutes '$(MINUTES)')

bench-programs: $(BENCH_PROGRAMS)

lint: ## check style, shell scripts, manual pages and for common mistakes
	@$(INSTALL_DEPENDENCIES) lint
	@tests/support/lint $(BUILD)

format: ## rewrite the C files in the house style
	clang-format -i $(FORMATTED)

asan: ## unit and integration tests under the address and undefined behaviour sanitizers
	@$(INSTALL_DEPENDENCIES) test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPTIMIZE='-O1 -g -fno-omit-frame-pointer' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' all unit-and-integration

tsan: ## unit and integration tests under the thread sanitizer
	@$(INSTALL_DEPENDENCIES) test
	@# Its memmem would touch all of the text at each call: quadratic.
	@TSAN_OPTIONS=intercept_memmem=0 \
		$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan OPTIMIZE='-O1 -g' SANITIZE=-fsanitize=thread all unit-and-integration

valgrind: ## unit tests under valgrind
	@$(INSTALL_DEPENDENCIES) test
	@RUN_UNDER='valgrind -q --error-exitcode=9 --leak-check=full' $(MAKE) --no-print-directory unit

coverage: ## lines covered by all tests, by module
	@$(INSTALL_DEPENDENCIES) test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage OPTIMIZE='-O0 -g' SANITIZE=--coverage all unit-tests integration-tests
	@# As root the stack's programs run as the database's user; all of them add to the counts beside the objects.
	@chmod -R a+rwX $(BUILD)/coverage
	@umask 0 && $(MAKE) --no-print-directory BUILD=$(BUILD)/coverage OPTIMIZE='-O0 -g' SANITIZE=--coverage all-tests
	@gcovr --root . --object-directory $(BUILD)/coverage --filter 'lib/' --filter 'fcgi/' $(BUILD)/coverage

install: all ## install under $(DESTDIR)$(PREFIX)
	install -d $(INSTALLED_BIN) $(INSTALLED_SHARE)/sql $(INSTALLED_SHARE)/nginx $(INSTALLED_SHARE)/schemas $(INSTALLED_SHARE)/examples
	install $(PROGRAMS) $(INSTALLED_BIN)
	cp -R sql/. $(INSTALLED_SHARE)/sql
	cp -R nginx/. $(INSTALLED_SHARE)/nginx
	cp -R docs/schemas/. $(INSTALLED_SHARE)/schemas
	cp -R docs/examples/. $(INSTALLED_SHARE)/examples
	for page in $(MAN_PAGES); do \
		install -D -m 0644 $$page $(INSTALLED_MAN)/man$${page##*.}/$${page##*/} || exit 1; done

uninstall: ## remove what install put there
	rm -f $(patsubst $(BUILD)/%,$(INSTALLED_BIN)/%,$(PROGRAMS))
	rm -rf $(INSTALLED_SHARE)
	for page in $(MAN_PAGES); do rm -f $(INSTALLED_MAN)/man$${page##*.}/$${page##*/}; done

schema: ## write sql/schema.sql anew from the migrations
	@dir=$$(mktemp -d /tmp/js-schema.XXXXXX) && chmod 0755 $$dir && tests/support/cluster start $$dir/pg && \
		uri=$$(cat $$dir/pg/uri) && sql/migrate "$$uri" && sql/dump-schema "$$uri" >$$dir/schema.sql && \
		cp $$dir/schema.sql sql/schema.sql; status=$$?; \
		tests/support/cluster stop $$dir/pg; rm -rf $$dir; exit $$status

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z_-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: all all-tests bench soak bench-programs schema unit-and-integration unit-tests integration-tests run up down test unit integration lint format asan tsan valgrind coverage install \
	uninstall clean help FORCE
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# The schema that stands beside the artifacts is part of the worker.
$(BUILD)/generated/run_schema.inc: docs/schemas/run.schema.json
	@mkdir -p $(@D)
	od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g' >$@
$(BUILD)/lib/artifact.o: $(BUILD)/generated/run_schema.inc
