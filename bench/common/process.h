/* process — what a process has used so far.
 *
 * Shape:    plain functions.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <sys/types.h>

/* Processor time of all its threads in seconds, those that have ended too, by the process's clock
 * (clock_getcpuclockid of POSIX). 0 when there is no such process. */
double process_seconds(pid_t pid);

/* Resident bytes, 0 when there is no such process. */
double process_resident(pid_t pid);

/* The clock that measurements are made with, in seconds. */
double process_clock(void);

#endif
