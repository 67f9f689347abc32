#!/usr/bin/env python3
"""Writes a synthetic roster as a payroll system would export it.

    make_roster.py --people 1000 --encoding cp932 --seed 1 --out roster.csv

About a third of the people have dependants, as rows of their own. In UTF-8 some names have kanji
that CP932 lacks (U+20BB7). The same arguments give the same bytes. Names say that they are samples.
"""

import argparse
import csv
import io
import pathlib
import random
import sys

FAMILY = [("見本", "ミホン"), ("試験", "シケン"), ("架空", "カクウ"), ("仮名", "カメイ"),
          ("例示", "レイジ"), ("髙見本", "タカミホン"), ("﨑試験", "サキシケン"), ("模擬", "モギ"), ("標本", "ヒョウホン")]
RARE = [("𠮷見本", "ヨシミホン"), ("𠮷架空", "ヨシカクウ")]
GIVEN = [("一号", "イチゴウ"), ("二号", "ニゴウ"), ("三号", "サンゴウ"), ("壱子", "イチコ"), ("弐子", "ニコ"),
         ("太郎", "タロウ"), ("花子", "ハナコ"), ("次郎", "ジロウ"), ("桃子", "モモコ"), ("健", "ケン")]
GROUPS = ["本社", "東京支店", "大阪支店", "名古屋営業所", "福岡営業所", "札幌営業所", "仙台倉庫", "経理部"]
RELATIONS = ["妻", "夫", "子", "父", "母"]
HEADER = ["社員番号", "氏名", "フリガナ", "区分", "所属", "生年月日", "続柄", "扶養者社員番号", "入社日"]
HALF = str.maketrans("ミホンシケカクウタロニコ", "ﾐﾎﾝｼｹｶｸｳﾀﾛﾆｺ")
ERAS = [("R", 2019, 5, 1), ("H", 1989, 1, 8), ("S", 1926, 12, 25)]


def written(rng, year, month, day):
    """The date in one of the forms that rosters have."""
    form = rng.randrange(4)
    if form == 0:
        return f"{year:04}-{month:02}-{day:02}"
    if form == 1:
        return f"{year}/{month}/{day}"
    for era, first, from_month, from_day in ERAS:
        if (year, month, day) >= (first, from_month, from_day):
            if form == 2:
                return f"{era}{year - first + 1}.{month}.{day}"
            names = {"R": "令和", "H": "平成", "S": "昭和"}
            count = "元" if year == first else str(year - first + 1)
            return f"{names[era]}{count}年{month}月{day}日"
    return f"{year:04}-{month:02}-{day:02}"


def person(rng, rare):
    """(name, kana), sometimes with the kana in half width or in hiragana."""
    family = rng.choice(RARE) if rare and rng.random() < 0.05 else rng.choice(FAMILY)
    given = rng.choice(GIVEN)
    kana = family[1] + "　" + given[1]
    form = rng.randrange(10)
    if form == 0:
        kana = kana.translate(HALF)
    elif form == 1:
        kana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in kana)
    return family[0] + "　" + given[0], kana


def rows(people, seed, rare):
    """The rows after the header; `people` of them are employees."""
    rng = random.Random(seed)
    for i in range(people):
        number = f"E{i + 1:06}"
        name, kana = person(rng, rare)
        born = written(rng, rng.randrange(1960, 2006), rng.randrange(1, 13), rng.randrange(1, 29))
        joined = written(rng, rng.randrange(2010, 2026), rng.randrange(1, 13), rng.randrange(1, 29))
        yield [number, name, kana, "従業員", rng.choice(GROUPS), born, "", "", joined]
        if rng.random() >= 0.33:
            continue
        for k in range(rng.randrange(1, 4)):
            given = GIVEN[(i + k) % len(GIVEN)]
            born = written(rng, rng.randrange(1950, 2025), rng.randrange(1, 13),
                           rng.randrange(1, 29))
            yield ["", name.split("　")[0] + "　" + given[0],
                   kana.split("　")[0] + "　" + given[1],
                   "扶養親族", "", born, rng.choice(RELATIONS), number, ""]


def roster(people, encoding, seed):
    """The file's bytes. `encoding` is cp932, utf-8 or utf-8-sig."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows(people, seed, rare=encoding != "cp932"))
    return text.getvalue().encode(encoding)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--encoding", choices=["cp932", "utf-8", "utf-8-sig"], default="utf-8")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, default=None)
    arguments = parser.parse_args()
    data = roster(arguments.people, arguments.encoding, arguments.seed)
    if arguments.out is None:
        sys.stdout.buffer.write(data)
    else:
        arguments.out.write_bytes(data)


if __name__ == "__main__":
    main()
