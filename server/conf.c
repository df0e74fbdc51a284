#include "conf.h"

#include <stdlib.h>

struct conf *conf_new(void) { return calloc(1, sizeof(struct conf)); }

void conf_free(struct conf *conf) { free(conf); }
