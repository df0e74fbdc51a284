#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

int problem_set(struct problem *problem, const char *path, const char *format, ...)
{
    va_list args;

    if (!problem || problem->text[0])
        return -1;
    if (path)
        snprintf(problem->path, sizeof(problem->path), "%s", path);
    va_start(args, format);
    vsnprintf(problem->text, sizeof(problem->text), format, args);
    va_end(args);
    return -1;
}
