/* A histogram: exact microseconds up to 1,024, then 512 bins for each doubling. */
#include "crowd.h"

static int bin_of(uint64_t us) {
    if (us < 1024) return (int)us;
    int doubling = 63 - __builtin_clzll(us) - 9;
    int bin = 1024 + (doubling - 1) * 512 + (int)((us >> doubling) - 512);
    return bin < BINS ? bin : BINS - 1;
}

static double value_of(int bin) {
    if (bin < 1024) return bin;
    int doubling = (bin - 1024) / 512 + 1;
    return (double)((uint64_t)((bin - 1024) % 512 + 512) << doubling);
}

void spread_add(struct spread *s, long long ns) {
    double us = (double)(ns > 0 ? ns : 0) / 1e3;
    s->bins[bin_of((uint64_t)us)]++;
    s->count++;
    if (us > s->most_us) s->most_us = us;
}

static double share(const struct spread *s, double of) {
    double wanted = of * (double)s->count, passed = 0;
    for (int bin = 0; bin < BINS; bin++)
        if ((passed += s->bins[bin]) >= wanted && passed > 0) return value_of(bin) / 1e3;
    return 0;
}

void spread_tell(const struct spread *s, FILE *to, const char *name) {
    fprintf(to, "\"%s\":{\"count\":%ld,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}", name, s->count,
        share(s, 0.5), share(s, 0.99), share(s, 0.999), s->most_us / 1e3);
}
