# jirasync: make help lists what there is to do.

BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= cc
TEST    ?=
CASE    ?=

PACKAGES = libsodium libcjson libpq
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror
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

all: $(PROGRAMS) ## build the three programs

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libjirasync.a: $(LIB_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/jirasync-receiver: $(BUILD)/fcgi/receiver.o $(FCGI_OBJECTS) $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(FCGI_LIBS) $(LDLIBS)

$(BUILD)/jirasync-worker: $(BUILD)/fcgi/worker.o $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/jirasync: $(BUILD)/fcgi/jirasync.o $(BUILD)/libjirasync.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libjirasync.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(BUILD)/libjirasync.a -lcmocka $(LDLIBS)

unit: $(UNIT_TESTS) ## run the unit tests (TEST=signature CASE='rejects_*' runs some)
	@for t in $(if $(TEST),$(BUILD)/tests/unit/test_$(TEST),$(UNIT_TESTS)); do $$t '$(CASE)' || exit 1; done

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z_-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: all unit clean help
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
