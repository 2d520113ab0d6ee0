#include "channel/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The files of an evidence bundle: notes, checkpoints, tlog proofs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[32] = { 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                     0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66 };
    struct note note;
    struct checkpoint c;
    struct tlog_proof p;
    uint8_t leaf[32] = { 0 };
    if (crypto_init(NULL))
        return 0;
    if (!note_parse((const char *)data, size, &note, NULL)) {
        for (size_t i = 0; i < note.n; i++)
            (void)note_verify(&note, note.signature[i].name, NOTE_COSIGNATURE, key, NULL);
        (void)!checkpoint_parse(note.text, note.text_len, &c, NULL);
    }
    if (!tlog_proof_parse((const char *)data, size, &p, NULL) && p.path_len && merkle_inclusion_verify(leaf, p.index, p.index + 1, (const uint8_t(*)[32])p.path, p.path_len, leaf))
        abort();
    return 0;
}
