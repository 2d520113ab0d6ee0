/* channel_statement.h - the signed unit that a desk says on a channel: 304 bytes beside a salted body.
 * Room: channel.
 *
 * docs/spec/channel.md section 4 has the byte table. The bytes are stored and forwarded verbatim; a decoded
 * struct is for reading only. Every function here is pure: no clock, no files, no shared state. */
#ifndef PARLEY_CHANNEL_STATEMENT_H
#define PARLEY_CHANNEL_STATEMENT_H

#include <parley/error.h>
#include <parley/lang.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_STATEMENT_LEN = 304,
    PARLEY_STATEMENT_SIGNED_LEN = 240,
    PARLEY_HASH_LEN = 32,
    PARLEY_BODY_MAX = 256 << 10,
    PARLEY_BODY_DEPTH_MAX = 16,
    PARLEY_EXERCISE = 1, /* the only flag */
};

/* code, name on the wire table, kind, usual precedence, usual answer-within in seconds (0 none), may be answered by, English, Chinese */
#define PARLEY_TYPE_MAP(X)                                                                                                                    \
    X(1, COMMS_CHECK, "comms-check", 1, 1, 86400, "reply", "Communications check", "通信检查")                                                 \
    X(2, INCIDENT_NOTIFICATION, "incident-notification", 1, 3, 21600, "reply request-clarification request-assistance", "Incident notification", "事件通报") \
    X(3, REQUEST_CLARIFICATION, "request-clarification", 1, 3, 86400, "reply", "Request for clarification", "请求澄清")                        \
    X(4, REQUEST_ASSISTANCE, "request-assistance", 1, 3, 86400, "reply", "Request for assistance", "请求协助")                                 \
    X(5, REPLY, "reply", 1, 2, 0, "reply request-clarification", "Reply", "答复")                                                              \
    X(6, POLICY_NOTIFICATION, "policy-notification", 1, 1, 0, "reply request-clarification", "Policy notification", "政策通报")                \
    X(7, EXERCISE_NOTIFICATION, "exercise-notification", 1, 1, 0, "reply", "Exercise notification", "演习通报")                                \
    X(8, CONCERN, "concern", 1, 2, 259200, "reply", "Concern", "表示关切")                                                                     \
    X(9, CONSULTATION_REQUEST, "consultation-request", 1, 2, 259200, "reply", "Request for consultation", "请求磋商")                          \
    X(10, DE_ESCALATION_PROPOSAL, "de-escalation-proposal", 1, 3, 86400, "reply", "De-escalation proposal", "降级提议")                        \
    X(11, PAUSE, "pause", 1, 4, 3600, "reply", "Pause (both hold action)", "暂停（双方暂缓行动）")                                             \
    X(12, NORM_PROPOSAL, "norm-proposal", 1, 1, 2592000, "norm-acceptance reply", "Norm proposal", "规范提议")                                 \
    X(13, NORM_ACCEPTANCE, "norm-acceptance", 1, 1, 0, "reply", "Norm acceptance", "接受规范")                                                 \
    X(14, NORM_WITHDRAWAL, "norm-withdrawal", 1, 2, 0, "reply", "Norm withdrawal", "退出规范")                                                 \
    X(15, NORM_REPORT, "norm-report", 1, 1, 0, "reply", "Report on observance of a norm", "规范遵守情况报告")                                  \
    X(16, VULNERABILITY_NOTICE, "vulnerability-notice", 1, 3, 259200, "reply", "Vulnerability notice", "漏洞通报")                             \
    X(17, RECUSAL_NOTICE, "recusal-notice", 1, 2, 0, "reply", "Recusal notice", "回避通知")                                                    \
    X(18, CONTACT_CONFIRMATION, "contact-confirmation", 1, 1, 2592000, "reply", "Confirmation of contacts", "联络点确认")                      \
    X(100, RECEIPT, "receipt", 2, 1, 0, "", "Receipt", "回执")                                                                                 \
    X(200, KEY_STATEMENT, "key-statement", 3, 3, 0, "", "Key statement", "密钥声明")                                                           \
    X(201, RECOVERY, "recovery", 3, 3, 0, "", "Recovery", "恢复声明")

#define PARLEY_TYPE_ENUM(code, NAME, name, kind, precedence, within, answers, en, zh) PARLEY_TYPE_##NAME = code,
enum parley_statement_type { PARLEY_TYPE_MAP(PARLEY_TYPE_ENUM) };
#undef PARLEY_TYPE_ENUM

enum parley_statement_kind { PARLEY_KIND_MESSAGE = 1, PARLEY_KIND_RECEIPT, PARLEY_KIND_CONTROL };
enum parley_precedence { PARLEY_ROUTINE = 1, PARLEY_PRIORITY, PARLEY_IMMEDIATE, PARLEY_FLASH };
enum parley_tlp { PARLEY_TLP_CLEAR = 1, PARLEY_TLP_GREEN, PARLEY_TLP_AMBER, PARLEY_TLP_AMBER_STRICT, PARLEY_TLP_RED };

struct parley_type_info {
    int code, kind, precedence;
    uint32_t within_s;
    const char *name, *answers, *en, *zh;
};

struct parley_statement {
    uint8_t kind, flags, precedence, tlp;
    uint16_t type;
    uint8_t pair[32], author[32];
    uint32_t epoch;
    uint64_t seq;
    int64_t time_us;
    uint8_t previous[32];
    uint64_t seen_seq;
    uint8_t seen_hash[32], reply_to[32];
    uint32_t body_len, within_s;
    uint8_t commitment[32];
};

#pragma GCC visibility push(default)

/* The rows of the type table; NULL when there is none of that code or name. *n rows in all. */
const struct parley_type_info *parley_types(size_t *n);
const struct parley_type_info *parley_type_by_code(int code);
const struct parley_type_info *parley_type_by_name(const char *name);
const char *parley_precedence_name(int precedence, enum parley_lang lang); /* "FLASH"; "?" if unknown */
const char *parley_tlp_name(int tlp);                                      /* "AMBER+STRICT"; labels are not translated */
bool parley_precedence_parse(const char *text, uint8_t *out);              /* any case */
bool parley_tlp_parse(const char *text, uint8_t *out);                     /* any case, with or without "TLP:" */

/* Read and check every field (not the signature). PARLEY_EPARSE names offset, expected and found. */
PARLEY_MUST_USE enum parley_status parley_statement_decode(const uint8_t bytes[PARLEY_STATEMENT_LEN], struct parley_statement *out,
                                                           struct parley_error *err);
/* Write the first 240 bytes and sign them with a 64-byte Ed25519 secret. PARLEY_EINVAL for fields decode would refuse. */
PARLEY_MUST_USE enum parley_status parley_statement_sign(const struct parley_statement *statement, const uint8_t secret[64],
                                                         uint8_t out[PARLEY_STATEMENT_LEN], struct parley_error *err);
/* The normative verification: valid prime-order key, R not of small order, libsodium's rule. */
bool parley_statement_verify(const uint8_t bytes[PARLEY_STATEMENT_LEN], const uint8_t signing_key[32]);
void parley_statement_hash(const uint8_t bytes[PARLEY_STATEMENT_LEN], uint8_t out[32]);

void parley_body_commit(const uint8_t salt[32], const void *body, size_t len, uint8_t out[32]);
/* Strict I-JSON: one object, UTF-8, no duplicate names, integers within 2^53 - 1, depth <= 16, <= 256 KiB.
 * PARLEY_EPARSE gives line and column, PARLEY_ELIMIT the limit. O(len log names), no allocation that grows with depth. */
PARLEY_MUST_USE enum parley_status parley_body_check(const char *body, size_t len, const char *name_for_messages, struct parley_error *err);

#pragma GCC visibility pop
#endif
