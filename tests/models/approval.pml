/* The life of a proposal (policy/approval.h) as a model: every order in which a firm's people can
 * propose, edit, approve, refuse, cancel, lose and regain rights, turn out to be somebody else's
 * second account, let time pass and carry out. The campaign `approval` checks all properties below
 * over the whole state space, and with -DBUG_ZERO, -DBUG_SELF and -DBUG_STALE that a machine with
 * that bug is found out.
 *
 * Accounts 0 and 1 belong to person 0, who proposes with account 0. Accounts 2 and 3 belong to
 * persons 1 and 2. The ghost variables are what an onlooker writes down; the machine never reads
 * them.
 */
#ifndef OTHERS
#define OTHERS 1
#endif
#define ACCOUNTS 4
#define PERSONS 3
#define VERSIONS 2 /* contents: the first, and one edit */

mtype = { open, executed, refused, cancelled, expired };

mtype stage = open;
byte version = 0;             /* of the content; stands for its digest */
bool right[ACCOUNTS] = true;  /* active, with a role that approves */
byte person[ACCOUNTS];
byte approved[ACCOUNTS] = 0;  /* version + 1 that this account has approved; 0: none */
bool over = false;            /* the time has run out; never false again */

/* ghosts */
byte saw[ACCOUNTS] = 0;       /* version + 1 that this account was shown when it last approved */
byte ends = 0;                /* how often the proposal has ended */
bool fair = true;             /* at execution: enough others with the right approved just this */
bool late = false;            /* executed although the time was over */
byte done_version = 0;

#ifdef BUG_STALE
#define CURRENT(i) (approved[i] != 0)
#else
#define CURRENT(i) (approved[i] == version + 1)
#endif
#ifdef BUG_SELF
#define ANOTHER(i) (true)
#else
#define ANOTHER(i) (person[i] != person[0])
#endif
#define COUNTS(i, p) (CURRENT(i) && ANOTHER(i) && person[i] == p && right[i])

/* for counting only */
byte i = 0; byte p = 0; bool has = false;
byte b = 0; byte q = 0; byte m = 0; bool one = false;

inline count_others(n) {
  /* Of policy::counted(): natural persons, not accounts. */
  d_step {
    n = 0;
    p = 0;
    do
    :: p < PERSONS ->
       has = false;
       i = 0;
       do
       :: i < ACCOUNTS ->
          if
          :: COUNTS(i, p) -> has = true
          :: else
          fi;
          i++
       :: else -> break
       od;
       if :: has -> n++ :: else fi;
       p++
    :: else -> break
    od;
    i = 0; p = 0; has = false
  }
}

/* The onlooker's own count, from what each was shown. */
inline judge(good) {
  d_step {
    m = 0;
    q = 1;
    do
    :: q < PERSONS ->
       one = false;
       b = 1;
       do
       :: b < ACCOUNTS ->
          if
          :: person[b] == q && right[b] && saw[b] == version + 1 -> one = true
          :: else
          fi;
          b++
       :: else -> break
       od;
       if :: one -> m++ :: else fi;
       q++
    :: else -> break
    od;
    good = (m >= OTHERS && m >= 1);
    b = 0; q = 0; m = 0; one = false
  }
}

inline may_approve(a, yes) {
#ifdef BUG_SELF
  yes = right[a]
#else
  yes = right[a] && a != 0 && person[a] != person[0]
#endif
}

active proctype firm() {
  byte a;
  byte n;
  bool yes;
  person[0] = 0; person[1] = 0; person[2] = 1; person[3] = 2;
  do
  /* approve: what is shown may be older than what stands there now */
  :: atomic {
       select(a : 0 .. ACCOUNTS - 1);
       may_approve(a, yes);
       if
       :: stage == open && !over && yes && approved[a] == 0 ->
          approved[a] = version + 1; saw[a] = version + 1
       :: else
       fi; a = 0; yes = false
     }
  /* edit by the requester */
  :: atomic {
       stage == open && !over && right[0] && version < VERSIONS - 1 ->
       version++;
#ifndef BUG_STALE
       for (a : 0 .. ACCOUNTS - 1) { approved[a] = 0 };
#endif
       a = 0
     }
  /* rights come and go; account 3 may turn out to be the requester's */
  :: atomic { select(a : 0 .. ACCOUNTS - 1); right[a] = !right[a]; a = 0 }
  :: atomic { person[3] == 2 -> person[3] = 0 }
  /* ends */
  :: atomic {
       select(a : 0 .. ACCOUNTS - 1);
       may_approve(a, yes);
       if
       :: stage == open && !over && yes -> stage = refused; ends++
       :: else
       fi; a = 0; yes = false
     }
  :: atomic { stage == open && !over -> stage = cancelled; ends++ }
  :: atomic { stage == open && over -> stage = expired; ends++ }
  :: atomic { !over -> over = true }
  /* carry out */
  :: atomic {
       stage == open && !over && right[0] ->
       count_others(n);
       if
#ifdef BUG_ZERO
       :: true ->
#else
       :: n >= OTHERS && n >= 1 ->
#endif
          judge(fair); late = over; done_version = version; stage = executed; ends++
       :: else
       fi; n = 0
     }
  od
}

/* Never fewer others than the table says, each of another person, of exactly this content. */
ltl enough_others { [] (stage == executed -> fair) }
/* An end is an end, and there is one. */
ltl one_end { [] (ends <= 1) }
ltl ends_stay { [] (stage == executed -> [] (stage == executed)) &&
                [] (stage == refused -> [] (stage == refused)) &&
                [] (stage == cancelled -> [] (stage == cancelled)) &&
                [] (stage == expired -> [] (stage == expired)) }
/* Nothing is carried out after its time. */
ltl in_time { [] !late }
ltl never_after { [] ((over && stage == open) -> [] (stage != executed)) }
/* What was carried out is what stands there. */
ltl exactly_that { [] (stage == executed -> [] (version == done_version)) }
/* The model is not empty: it can end in each way (each of these must be refuted). */
ltl can_execute { [] (stage != executed) }
ltl can_refuse { [] (stage != refused) }
ltl can_cancel { [] (stage != cancelled) }
ltl can_expire { [] (stage != expired) }
