/* Exponential backoff with full jitter. */
#include "retry.h"

int64_t retry_delay_ms(int attempt, int64_t base_ms, int64_t cap_ms, uint32_t random)
{
    int64_t ceiling = base_ms;

    for (int i = 1; i < attempt && ceiling < cap_ms; i++)
        ceiling = ceiling > cap_ms / 2 ? cap_ms : ceiling * 2;
    if (ceiling > cap_ms)
        ceiling = cap_ms;
    return ceiling <= 0 ? 0 : (int64_t)(random % ((uint64_t)ceiling + 1));
}

int64_t retry_delay_least_ms(int attempt, int64_t base_ms, int64_t cap_ms, int64_t least_ms, uint32_t random)
{
    int64_t delay = retry_delay_ms(attempt, base_ms, cap_ms, random);
    return delay < least_ms ? least_ms : delay;
}
