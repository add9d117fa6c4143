/* jirasync artifact: the document of a past run. */
#include "command.h"
#include "run_document.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: jirasync artifact [--write] RUN_ID\n"
    "\n"
    "Prints the document of a past run as it is kept: byte for byte the artifact that the worker wrote. Documents are kept\n"
    "as long as retention says.\n"
    "\n"
    "  --write                  write the artifact again, below JIRASYNC_ARTIFACTS, and print its path; latest.json stays\n"
    "                           as it is when there is a later run\n";

static const struct option options[] = {{"write", no_argument, NULL, 'w'}, {NULL, 0, NULL, 0}};

static enum error_code print_document(const struct run_document *document, struct error *error)
{
    size_t length;
    const char *text = run_document_text(document, &length);
    if (fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0)
        return error_set(error, ERROR_IO, "the document could not be printed");
    return ERROR_NONE;
}

static enum error_code write_document(struct command_context *context, const struct run_document *document,
                                      struct error *error)
{
    const char *root = context->config.artifacts_dir;
    char path[ARTIFACT_PATH_BYTES];
    enum error_code code = run_document_write(context->db, document, root, path, error);
    if (code == ERROR_NONE)
        printf("%s%s%s\n", root, *root ? "/" : "", path);
    return code;
}

static int run_artifact(struct command_context *context, int argc, char **argv)
{
    struct run_document *document = NULL;
    struct error error = {0};
    bool is_write = false;
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter != 'w')
            return command_misuse(help, "artifact takes --write");
        is_write = true;
    }
    if (optind + 1 != argc)
        return command_misuse(help, "artifact takes the id of one run");
    if (!command_open_database(context, &error))
        return command_complain("artifact", &error);
    enum error_code code = run_document_read(context->db, argv[optind], &document, &error);
    if (code == ERROR_NONE)
        code = is_write ? write_document(context, document, &error) : print_document(document, &error);
    run_document_free(document);
    return code == ERROR_NONE ? EXIT_SUCCESS : command_complain("artifact", &error);
}

const struct command command_artifact = {"artifact", "print or write again the document of a past run", help,
                                         run_artifact};
