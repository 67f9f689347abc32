"""Part of roster: bad files and what must be said of each, written from the requirements. A problem
is (line, column, heading, reason); column 0 is the whole line."""

import web_client

HEADER = "社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号,入社日"
GOOD = "G{0:05d},検証　良{0},ケンショウ　ヨイ,従業員,本社,1990-01-01,,,2010-04-01"
NUMBER = web_client.individual_number("99777777777")
WIDE = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
SPLIT = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"
HYPHENS = f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]}"

REASONS = {  # Japanese, English
    "missing": ("値がありません", "The value is missing"),
    "long": ("長すぎます", "It is too long"),
    "encoding": ("UTF-8 でも CP932 でもない文字です", "A character is neither UTF-8 nor CP932"),
    "control": ("制御文字が入っています", "It contains a control character"),
    "date": ("日付として読めません", "It is not a date"),
    "kind": ("区分の名前が違います", "The kind is not known"),
    "twice": ("社員番号がファイルの中で重複しています", "The employee number appears twice in the file"),
    "head": ("扶養している人が見つかりません", "The head of this dependant is unknown"),
    "columns": ("列が多すぎます", "There are too many columns"),
    "column": ("必要な列がありません", "A required column is missing"),
    "unknown": ("知らない名前の列です", "The column name is not known"),
    "rows": ("行が多すぎます", "There are too many lines"),
    "kana": ("カナ以外の文字が入っています", "It is not kana"),
    "number": ("個人番号のように見える12桁の数字です",
               "This looks like an Individual Number (12 digits)"),
    "quote": ("引用符が閉じていません", "The quoting is broken"),
    "dependants": ("扶養親族が多すぎます", "There are too many dependants"),
}
COLUMNS = ["", *HEADER.split(",")]


def row(**changes):
    cells = GOOD.format(3).split(",")
    for name, value in changes.items():
        cells[int(name[1:]) - 1] = value
    return ",".join(cells)


def file(*rows, header=HEADER, encoding="utf-8"):
    return ("\r\n".join([header, *rows]) + "\r\n").encode(encoding)


def at_line_3(bad, column, reason, encoding="utf-8"):
    """A good line, the bad one, a good one."""
    return (file(GOOD.format(1), bad, GOOD.format(2), encoding=encoding),
            [(3, column, COLUMNS[column], reason)])


def cells():
    """One bad cell each: name -> (file, problems)."""
    kin = {"c1": "", "c4": "扶養親族"}
    table = {
        "no name": (row(c2=""), 2, "missing"),
        "blank name": (row(c2="　 　"), 2, "missing"),
        "no number": (row(c1=""), 1, "missing"),
        "dependant of nobody": (row(**kin), 8, "missing"),
        "long name": (row(c2="あ" * 200), 2, "long"),
        "very long name": (row(c2="あ" * 2000), 2, "long"),
        "long employee number": (row(c1="E" * 33), 1, "long"),
        "long kana": (row(c3="ア" * 200), 3, "long"),
        "long group": (row(c5="b" * 200), 5, "long"),
        "long relation": (row(c7="c" * 100), 7, "long"),
        "long head": (row(**kin, c8="H" * 40), 8, "long"),
        "a cell of a mebibyte": (row(c5="d" * (1 << 20)), 5, "long"),
        "tab in a name": (row(c2="検証\t氏"), 2, "control"),
        "NUL in a name": (row(c2="検証\0氏"), 2, "control"),
        "line break in a name": (row(c2='"検証\n氏"'), 2, "control"),
        "escape in a group": (row(c5="\x1b[31m"), 5, "control"),
        "delete in a relation": (row(c7="子\x7f"), 7, "control"),
        "C1 control in a group": (row(c5="本\x85社"), 5, "control"),
        "month 13": (row(c6="1990-13-01"), 6, "date"),
        "30 February": (row(c6="1990-02-30"), 6, "date"),
        "no leap year": (row(c6="1990/2/29"), 6, "date"),
        "a word for a date": (row(c6="不明"), 6, "date"),
        "an era that never was": (row(c6="未来3年1月1日"), 6, "date"),
        "joined on no day": (row(c9="2010-04-31"), 9, "date"),
        "unknown kind": (row(c4="アルバイト"), 4, "kind"),
        "employee of somebody": (row(c8="G00001"), 4, "kind"),
        "Latin for kana": (row(c3="KENSHO"), 3, "kana"),
        "kanji for kana": (row(c3="検証"), 3, "kana"),
        "number in a name": (row(c2=f"検証 {NUMBER}"), 2, "number"),
        "wide number in a group": (row(c5=WIDE), 5, "number"),
        "spaced number in a relation": (row(c7=SPLIT), 7, "number"),
        "number with hyphens in a kana": (row(c3=HYPHENS), 3, "number"),
        "number as employee number": (row(c1=NUMBER), 1, "number"),
        "number as a kind": (row(c4=NUMBER), 4, "number"),
        "number as a head": (row(**kin, c8=NUMBER), 8, "number"),
        "number as a date": (row(c6=NUMBER), 6, "number"),
        "employee number again": (row(c1="G00001"), 1, "twice"),
        "head not there": (row(**kin, c8="G09999"), 8, "head"),
        "text after a quote": (row(c2='"検証"氏'), 2, "quote"),
        "quote inside": (row(c2='検"証'), 2, "quote"),
    }
    return {name: at_line_3(bad, column, reason) for name, (bad, column, reason) in table.items()}


def files():
    """Whole files."""
    good = [GOOD.format(i) for i in range(1, 4)]
    child = ",検証　子{0},ケンショウ,扶養親族,,2015-01-01,子,G00001,"
    wide_header = HEADER + "".join(f",x{i}" for i in range(60))
    bad_bytes = file(*good[:1]) + b"G00009,\xff\xfe\xfd,,,,,,,\r\n"
    mixed = file(*good[:1]) + "検証,①\r\n".encode("cp932") + b"\x81\x20\r\n"
    out = {
        "extra cell": (file(good[0], good[1] + ",more", good[2]), [(3, 10, "", "columns")]),
        "65 columns": (file(*good, header=wide_header), [(1, 65, "", "columns")]),
        "no name column": (file("G1", header="社員番号"), [(1, 0, "", "column")]),
        "no number column": (file("検証", header="氏名"), [(1, 0, "", "column")]),
        "no header": (("\r\n".join(good) + "\r\n").encode(), None),
        "empty": (b"\r\n", [(1, 0, "", "column")]),
        "only a byte order mark": (b"\xef\xbb\xbf", [(1, 0, "", "column")]),
        "unknown column": (file(*good, header=HEADER + ",給与"), [(1, 10, "", "unknown")]),
        "column twice": (file(*good, header=HEADER + ",氏名"), [(1, 10, "氏名", "unknown")]),
        "number in the header": (file(*good, header=f"{HEADER},{NUMBER}"), [(1, 10, "", "number")]),
        "header not closed": (file(*good, header='社員番号,"氏名'), [(1, 2, "", "quote")]),
        "quote never closed": (file(good[0], row(c2='"検証')), [(3, 2, "氏名", "quote")]),
        "bytes of no encoding": (bad_bytes, [(3, 0, "", "encoding")]),
        "mark and then CP932": (b"\xef\xbb\xbf" + file(*good[:1]) + "検証\r\n".encode("cp932"),
                                [(3, 0, "", "encoding")]),
        "two encodings": (mixed, None),
        "UTF-16": ("\r\n".join([HEADER, *good]).encode("utf-16"), None),
        "a child twice": (file(good[0], child.format(1), child.format(1)),
                          [(4, 2, "氏名", "twice")]),
        "33 children": (file(good[0], *[child.format(i) for i in range(33)]), None),
        "200,001 people": (file(*[f"R{i:06d},検証" for i in range(200_001)],
                                header="社員番号,氏名"), [(200_002, 0, "", "rows")]),
        "three mistakes": (file(row(c2=""), row(c1="G00004", c6="x"), row(c1="G00005", c4="y")),
                           [(2, 2, "氏名", "missing"), (3, 6, "生年月日", "date"),
                            (4, 4, "区分", "kind")]),
        "in CP932 too": at_line_3(row(c6="1990-13-01"), 6, "date", "cp932"),
        "with a byte order mark too": (b"\xef\xbb\xbf" + at_line_3(row(c2=""), 2, "missing")[0],
                                       [(3, 2, "氏名", "missing")]),
        "line feeds only": (at_line_3(row(c2=""), 2, "missing")[0].replace(b"\r", b""),
                            [(3, 2, "氏名", "missing")]),
    }
    return out
