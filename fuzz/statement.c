#include "channel/crypto.h"

#include <parley/channel_statement.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What decodes is written again with the same 240 bytes, and no bytes verify under a key that did not sign them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t pk[32], sk[64];
    static const uint8_t seed[32] = { 9 };
    uint8_t bytes[PARLEY_STATEMENT_LEN] = { 0 }, again[PARLEY_STATEMENT_LEN];
    struct parley_statement s;
    if (crypto_init(NULL))
        return 0;
    sign_keypair_from_seed(seed, pk, sk);
    memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
    if (parley_statement_decode(bytes, &s, NULL))
        return 0;
    if (parley_statement_sign(&s, sk, again, NULL) || memcmp(again, bytes, PARLEY_STATEMENT_SIGNED_LEN) || !parley_statement_verify(again, pk))
        abort();
    return 0;
}
