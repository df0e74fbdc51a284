#include "api_problem.h"

#include <stddef.h>

int api_problem_set(struct api_problem *problem, unsigned status, const char *reason,
                    const char *detail)
{
    *problem = (struct api_problem){.status = status, .reason = reason, .detail = detail};
    problem->wants_bearer = status == 401;
    return -1;
}

int api_problem_refusal(struct api_problem *problem, enum refusal refusal, const char *trouble)
{
    const struct refusal_info *info = refusal_info(refusal);

    return api_problem_set(problem, info->code, info->reason, trouble ? trouble : info->message);
}
