#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double process_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The first number of a file, or -1. */
static double first_number(const char *path)
{
    FILE *file = fopen(path, "r");
    double number = -1;

    if (!file)
        return -1;
    if (fscanf(file, "%lf", &number) != 1)
        number = -1;
    fclose(file);
    return number;
}

static double stat_seconds(pid_t pid)
{
    char path[64], line[1024] = "";
    double user = 0, system = 0;
    const char *rest;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    rest = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    fclose(file);
    if (!rest || sscanf(rest + 2, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lf %lf", &user,
                        &system) != 2)
        return 0;
    return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

double process_seconds(pid_t pid)
{
    char path[400];
    struct dirent *entry;
    double seconds = 0;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    tasks = opendir(path);
    if (!tasks)
        return 0;
    while ((entry = readdir(tasks))) {
        double ns;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, entry->d_name);
        ns = first_number(path);
        if (ns > 0)
            seconds += ns / 1e9;
    }
    closedir(tasks);
    return seconds > 0 ? seconds : stat_seconds(pid);
}

double process_resident(pid_t pid)
{
    char path[64];
    double pages = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%*s %lf", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}
