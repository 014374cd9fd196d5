/* Card software that misbehaves: another PKCS#11 module with one function replaced.
 *
 * Compiled by the tests with  -DREAL="path of the module behind"  -DAT=number of the function  -DDO=what it does instead:
 * CRASH, HANG, RETURN (with -DVALUE=code), or one of the lies below. With -DCOUNT="file" every log-in leaves a letter in that file.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong_t;
typedef ulong_t (*function_t)();
typedef struct { unsigned char major, minor; function_t functions[68]; } function_list_t;
typedef struct { ulong_t type; void *value; ulong_t length; } attribute_t;

enum { FINALIZE = 1, GET_SLOT_LIST = 4, GET_SLOT_INFO = 5, GET_TOKEN_INFO = 6, LOGIN = 18, GET_ATTRIBUTE_VALUE = 24, SIGN = 43 };
enum {
    CRASH, HANG, RETURN, TOO_SMALL_ONCE, MANY_SLOTS, FLAGS, GARBAGE_TEXT, LONG_VALUE, NEGATIVE_VALUE, OTHER_CERTIFICATE, ACCEPT_ANY_PIN,
    RANDOM_SIGNATURE, LONG_SIGNATURE, SHORT_SIGNATURE, BABBLE, PIN_PAD, ALREADY
};
#ifndef AT
#define AT -1
#endif
#ifndef DO
#define DO RETURN
#endif
#ifndef PAD_PIN
#define PAD_PIN ""
#endif
#ifndef VALUE
#define VALUE 5
#endif

static function_list_t *real, mine;
static int called;

static void count(char letter) {
#ifdef COUNT
    int file = open(COUNT, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (write(file, &letter, 1) != 1) abort();
    close(file);
#endif
}

static ulong_t crash(void) { *(volatile int *)0 = 0; return 5; }
static ulong_t hang(void) { for (;;) pause(); return 5; }
static ulong_t refuse(void) { return VALUE; }

static ulong_t slot_list(unsigned char present, ulong_t *slots, ulong_t *number) {
    if (DO == MANY_SLOTS && !slots) { *number = 1ul << 40; return 0; }
    if (DO == TOO_SMALL_ONCE && slots && !called++) return 0x150;
    return real->functions[GET_SLOT_LIST](present, slots, number);
}

static ulong_t token_info(ulong_t slot, unsigned char *info) {
    ulong_t result = real->functions[GET_TOKEN_INFO](slot, info);
    ulong_t *flags = (ulong_t *)(info + 32 + 32 + 16 + 16);
    if (DO == GARBAGE_TEXT) { memset(info, 0xff, 96); info[3] = 0; info[40] = 10; }
    if (DO == FLAGS) *flags |= VALUE;
    if (DO == PIN_PAD) *flags |= 0x100;
    return result;
}

static ulong_t log_in(ulong_t session, ulong_t user, unsigned char *pin, ulong_t length) {
    count(user == 1 ? 'u' : 'c');
    if (AT == LOGIN && DO == CRASH) return crash();
    if (AT == LOGIN && DO == HANG) return hang();
    if (AT == LOGIN && DO == RETURN) return VALUE;
    if (DO == ALREADY) return 0x100;
    if (DO == PIN_PAD) return pin == NULL && length == 0 ? real->functions[LOGIN](session, user, (unsigned char *)PAD_PIN, strlen(PAD_PIN)) : 7;
    if (DO == ACCEPT_ANY_PIN) return 0;
    if (DO == BABBLE) {
        if (write(1, pin, length) < 0 || write(2, pin, length) < 0) abort();
    }
    return real->functions[LOGIN](session, user, pin, length);
}

static ulong_t attribute(ulong_t session, ulong_t object, attribute_t *wanted, ulong_t number) {
    ulong_t result = real->functions[GET_ATTRIBUTE_VALUE](session, object, wanted, number);
    if (wanted->type != 0x11) return result;
    if (DO == LONG_VALUE) wanted->length = 1ul << 33;
    if (DO == NEGATIVE_VALUE) wanted->length = (ulong_t)-2;
    if (DO == OTHER_CERTIFICATE && wanted->value && wanted->length > 100) ((unsigned char *)wanted->value)[wanted->length - 1] ^= 1;
    return result;
}

static ulong_t sign(ulong_t session, unsigned char *data, ulong_t size, unsigned char *signature, ulong_t *length) {
    if (DO == LONG_SIGNATURE) { *length = 1ul << 33; return 0; }
    if (DO == ACCEPT_ANY_PIN || DO == RANDOM_SIGNATURE) {
        *length = 256;
        if (signature) memset(signature, 0x5a, 256);
        return 0;
    }
    ulong_t result = real->functions[SIGN](session, data, size, signature, length);
    if (DO == SHORT_SIGNATURE && signature) *length = 1;
    return result;
}

ulong_t C_GetFunctionList(function_list_t **list) {
    function_t get = (function_t)dlsym(dlopen(REAL, RTLD_NOW), "C_GetFunctionList");
    get(&real);
    mine = *real;
    if (AT >= 0) mine.functions[AT < 0 ? 0 : AT] = DO == CRASH ? (function_t)crash : DO == HANG ? (function_t)hang : (function_t)refuse;
    if (DO == MANY_SLOTS || DO == TOO_SMALL_ONCE) mine.functions[GET_SLOT_LIST] = (function_t)slot_list;
    if (DO == GARBAGE_TEXT || DO == FLAGS || DO == PIN_PAD) mine.functions[GET_TOKEN_INFO] = (function_t)token_info;
    mine.functions[LOGIN] = (function_t)log_in;
    if (DO == LONG_VALUE || DO == NEGATIVE_VALUE || DO == OTHER_CERTIFICATE) mine.functions[GET_ATTRIBUTE_VALUE] = (function_t)attribute;
    if (DO == LONG_SIGNATURE || DO == ACCEPT_ANY_PIN || DO == RANDOM_SIGNATURE || DO == SHORT_SIGNATURE) mine.functions[SIGN] = (function_t)sign;
    *list = &mine;
    return 0;
}
