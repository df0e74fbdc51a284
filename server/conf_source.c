#include "conf_source.h"

#include "conf_memory.h"
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Overwrite comments and the byte order mark with blanks, so that lines and columns stay. */
static void blank(char *text, size_t len)
{
    bool is_string = false, is_comment = false;
    size_t n = 0;

    if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0)
        while (n < 3)
            text[n++] = ' ';
    for (; n < len; n++) {
        if (text[n] == '\n') /* a string that goes on is a mistake which the parser reports */
            is_string = is_comment = false;
        else if (is_comment || (!is_string && text[n] == '#'))
            is_comment = true;
        else if (text[n] == '"')
            is_string = !is_string;
        else if (is_string && text[n] == '\\' && n + 1 < len && text[n + 1] != '\n')
            n++;
        if (is_comment)
            text[n] = ' ';
    }
}

static bool is_blank(const char *text, size_t len)
{
    size_t n;

    for (n = 0; n < len; n++)
        if (text[n] == '\0' || !strchr(" \t\r\n", text[n]))
            return false;
    return true;
}

static int refuse_text(const json_error_t *error, struct problem *problem)
{
    const char *reason = error->text;

    if (json_error_code(error) == json_error_null_character)
        reason = "\\u0000 can't be part of a text"; /* jansson's own is for programmers */
    problem->line = error->line > 0 ? error->line : 1;
    problem->column = error->column;
    if (error->column > 0)
        return problem_set(problem, NULL, "no valid JSON at column %d: %s", error->column, reason);
    return problem_set(problem, NULL, "no valid JSON: %s", reason);
}

static int parse(struct conf_source *source, size_t len, struct problem *problem)
{
    json_error_t error;

    problem->line = 1;
    if (is_blank(source->text, len))
        return problem_set(problem, NULL, "empty, but an object is expected: { … }");
    source->json = json_text_load(source->text, len, JSON_DECODE_INT_AS_REAL, &error);
    /* Not every failure of jansson to get memory has a code, but then there is no text either. */
    if (!source->json && error.text[0] && json_error_code(&error) != json_error_out_of_memory)
        return refuse_text(&error, problem);
    if (source->json && !json_is_object(source->json))
        return problem_set(problem, NULL, "must be an object: { … }");
    if (source->json)
        source->lines = json_lines_new(source->text, len);
    if (source->lines)
        return 0;
    problem->line = 0;
    return problem_set(problem, NULL, "out of memory");
}

struct conf_source *conf_source_add(struct conf *conf, const char *file, const char *text,
                                    size_t len, struct problem *problem)
{
    struct conf_source *source = conf_memory_take(conf, sizeof(*source));

    if (source) {
        source->file = conf_memory_text(conf, file, strlen(file));
        source->text = malloc(len + 1);
    }
    if (!source || !source->file || !source->text) {
        if (source)
            free(source->text);
        problem_set(problem, NULL, "out of memory");
        return NULL;
    }
    if (len)
        memcpy(source->text, text, len);
    source->text[len] = '\0';
    blank(source->text, len);
    if (parse(source, len, problem)) {
        conf_source_forget(source);
        json_lines_free(source->lines);
        return NULL;
    }
    source->next = conf->sources;
    conf->sources = source;
    return source;
}

void conf_source_forget(struct conf_source *source)
{
    json_decref(source->json);
    free(source->text);
    source->json = NULL;
    source->text = NULL;
}

void conf_source_free_all(struct conf *conf)
{
    struct conf_source *source;

    for (source = conf->sources; source; source = source->next) {
        conf_source_forget(source);
        json_lines_free(source->lines);
        source->lines = NULL;
    }
    conf->sources = NULL;
}
