/* h2_memory — where libnghttp2 has its memory from: malloc, but ours. Its own is the same one, out
 * of the reach of tests that let it fail. */
#ifndef LWSHOST_H2_MEMORY_H
#define LWSHOST_H2_MEMORY_H

#include <nghttp2/nghttp2.h>

nghttp2_mem h2_memory(void);

#endif
