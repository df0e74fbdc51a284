#include "answer_text.h"

#include <string.h>

static int append_html(struct bytes *out, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '&'    ? "&amp;"
                             : *text == '<'  ? "&lt;"
                             : *text == '>'  ? "&gt;"
                             : *text == '"'  ? "&quot;"
                             : *text == '\'' ? "&#39;"
                                             : NULL;

        if (entity ? bytes_append_str(out, entity) : bytes_append(out, text, 1))
            return -1;
    }
    return 0;
}

static int append(struct bytes *out, const char *text, bool is_html)
{
    return is_html ? append_html(out, text) : bytes_append_str(out, text);
}

static int append_line(const struct outcome *outcome, const struct answer_style *style,
                       bool is_html, struct bytes *out)
{
    struct bytes line = {0};
    int result = -1;

    if (outcome->code != OUTCOME_FOUND || !text_template_applies(style->ok, outcome->record))
        return append(out, style->error_text, is_html);
    if (text_template_write(style->ok, outcome->record, &line) == 0)
        result = append(out, line.data ? line.data : "", is_html);
    bytes_fini(&line);
    return result;
}

static int append_label(const struct question *question, bool is_html, struct bytes *out)
{
    char ip[IP_ADDR_TEXT_BYTES];
    const char *label = question->name;

    if (!label[0] && question->is_valid) {
        ip_addr_format(&question->addr, ip);
        label = ip;
    } else if (!label[0]) {
        label = question->text;
    }
    return append(out, label, is_html) ? -1 : bytes_append_str(out, ":");
}

int answer_text(const struct query *query, const struct outcome *outcomes,
                const struct answer_style *style, struct bytes *out)
{
    bool is_html = query->format == QUERY_FORMAT_HTML;
    const char *line_end = is_html ? "<br/>" : "\n";
    size_t n;

    if (query->form == QUERY_SINGLE)
        return append_line(&outcomes[0], style, is_html, out) ||
                       (!is_html && bytes_append_str(out, line_end))
                   ? -1
                   : 0;
    for (n = 0; n < query->count; n++)
        if (append_label(&query->questions[n], is_html, out) || bytes_append_str(out, line_end) ||
            append_line(&outcomes[n], style, is_html, out) || bytes_append_str(out, line_end))
            return -1;
    return 0;
}
