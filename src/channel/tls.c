/* The self-signed TLS certificate of a desk: Ed25519, pinned by the hash of its SubjectPublicKeyInfo. */
#include "channel/desk.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

static char *copy_text(const gnutls_datum_t *d)
{
    char *text = malloc(d->size + 1u);
    if (text) {
        memcpy(text, d->data, d->size);
        text[d->size] = 0;
    }
    return text;
}

bool tls_signing_key(const char *key_pem, uint8_t pk[KEY_LEN], uint8_t sk[SIGN_SECRET_LEN])
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t pem = { (unsigned char *)(uintptr_t)key_pem, (unsigned)strlen(key_pem) }, x = { 0 }, k = { 0 };
    gnutls_ecc_curve_t curve;
    bool ok = !gnutls_x509_privkey_init(&key) && !gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM) &&
              !gnutls_x509_privkey_export_ecc_raw(key, &curve, &x, NULL, &k) && curve == GNUTLS_ECC_CURVE_ED25519 && k.size == KEY_LEN;
    if (ok) {
        sign_keypair_from_seed(k.data, pk, sk);
        wipe(k.data, k.size);
    }
    gnutls_free(x.data);
    gnutls_free(k.data);
    gnutls_x509_privkey_deinit(key);
    return ok;
}

enum parley_status tls_make(const char *name, int64_t from_us, int64_t until_us, char **key_pem, char **cert_pem, uint8_t pin[HASH_LEN], struct parley_error *err)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    gnutls_pubkey_t public_key = NULL;
    gnutls_datum_t key_out = { 0 }, crt_out = { 0 }, spki = { 0 };
    uint8_t serial[16];
    (void)name; /* the certificate names nobody: only its key counts */
    random_fill(serial, sizeof serial);
    serial[0] &= 0x7f;
    bool ok = !gnutls_x509_privkey_init(&key) && !gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 0, 0) && !gnutls_x509_crt_init(&crt) &&
              !gnutls_x509_crt_set_version(crt, 3) && !gnutls_x509_crt_set_serial(crt, serial, sizeof serial) &&
              !gnutls_x509_crt_set_activation_time(crt, (time_t)(from_us / 1000000 - 86400)) && !gnutls_x509_crt_set_expiration_time(crt, (time_t)(until_us / 1000000)) &&
              !gnutls_x509_crt_set_dn(crt, "CN=parley", NULL) && !gnutls_x509_crt_set_key(crt, key) &&
              !gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512, 0) && !gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_out) &&
              !gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_out) && !gnutls_pubkey_init(&public_key) && !gnutls_pubkey_import_x509(public_key, crt, 0) &&
              !gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &spki);
    if (ok) {
        sha256(spki.data, spki.size, pin);
        *key_pem = copy_text(&key_out);
        *cert_pem = copy_text(&crt_out);
        ok = *key_pem && *cert_pem;
    }
    gnutls_free(key_out.data);
    gnutls_free(crt_out.data);
    gnutls_free(spki.data);
    gnutls_pubkey_deinit(public_key);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_EIO, "cannot make a TLS certificate");
}
