/* ideal_crypto.h - for the simulator: Ed25519, X25519 and SHA-256 as what they promise, at the price of a few multiplications.
 *
 * The linker wraps the calls into libsodium (meson.build), so everything above them is the product's own code. While
 * ideal_crypto is false the real functions run. While it is true a signature is a hash that binds key and message: what the
 * key's holder signed verifies, anything else does not; the two sides of a key agreement get one secret that depends on both
 * keys; and a hash is one that nobody tries to break. That is no security, and none is tested here: test-channel-crypto and the runs with real keys do that. The
 * simulator shows that both worlds take the same course. */
#ifndef PARLEY_TESTS_IDEAL_CRYPTO_H
#define PARLEY_TESTS_IDEAL_CRYPTO_H

#include <stdbool.h>

extern bool ideal_crypto;

/* Keys made from here on are new ones; the ones made before are valid no more. */
void ideal_crypto_forget(void);

#endif
