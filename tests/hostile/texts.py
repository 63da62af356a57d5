"""Valid files of boxes and names, and texts made to hurt whoever reads them."""

import json
from collections.abc import Iterator

CSV = "label,x1,y1,x2,y2,score\ncat,1,2,30.5,40,0.9\ndog,5,5,20,20,0.25\ncat,0,0,9,9,1e-3\n"
RESULTS = [
    {"image_id": 1, "category_id": 17, "bbox": [1, 2, 30, 40], "score": 0.9},
    {"image_id": "two", "category_id": 18, "bbox": [5.5, 5, 20, 20], "score": 0.25, "category_name": "dog"},
]
COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 40}, {"id": 2, "file_name": "b.jpg"}],
    "categories": [{"id": 17, "name": "cat"}, {"id": 18, "name": "dog"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 17, "bbox": [1, 2, 30, 30], "iscrowd": 0},
        {"id": 2, "image_id": 2, "category_id": 18, "bbox": [5, 5, 20, 20], "iscrowd": 1},
    ],
}
VOC = (
    '<?xml version="1.0" encoding="utf-8"?><annotation><size><width>60</width><height>40</height><depth>3</depth></size>'
    "<object><name>cat</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax>"
    "</bndbox></object><object><name>dog</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>20</xmax><ymax>20</ymax></bndbox>"
    "</object></annotation>"
)
YOLO = "0 0.5 0.5 0.25 0.5\n1 0.1 0.2 0.1 0.1 0.9\n17 0.9 0.9 0.1 0.1\n"
NAMES = "cat\ndog\n\nperson\n"


def scored() -> dict[str, bytes]:
    """Valid files of scored boxes."""
    texts = {
        "CSV": CSV,
        "CSV with semicolons": CSV.replace(".", "#").replace(",", ";").replace("#", ","),
        "CSV with sizes": "x\ty\tw\th\tconf\n1\t2\t3\t4\t0.5\n",
        "COCO results": json.dumps(RESULTS),
        "COCO annotations": json.dumps(COCO, indent=1),
    }
    return {name: text.encode() for name, text in texts.items()}


def truths() -> dict[str, bytes]:
    """Valid files of ground truth."""
    return {"COCO": json.dumps(COCO).encode(), "VOC": VOC.encode(), "YOLO": YOLO.encode()}


def heavy() -> Iterator[tuple[str, bytes]]:
    """Texts of up to 5 MB that would take very much time or memory, or reach beyond themselves."""
    most = 5 * 10**6
    yield "lists in lists", b"[" * (most - 1)
    yield "lists in lists, closed", b"[" * 200_000 + b"]" * 200_000
    yield "objects in objects", b'{"annotations":' * 200_000
    yield "annotations in annotations", b'{"annotations":[' * 3000 + b"]}" * 3000
    yield "a number of five million digits", b"[" + b"9" * (most - 9) + b"]"
    yield "a fraction of five million digits", b"[0." + b"7" * (most - 9) + b"]"
    yield "a million empty lists", b"[" + b"[]," * (most // 3 - 9) + b"[]]"
    yield "a million empty objects", b'{"annotations":[' + b"{}," * (most // 3 - 20) + b"{}]}"
    photos = ",".join(f'{{"image_id":{number},"category_id":1,"bbox":[0,0,1,1]}}' for number in range(90_000))
    yield "a box on each of 90,000 photos", f'{{"annotations":[{photos}]}}'.encode()
    yield (
        "400,000 photos",
        f'{{"annotations":[],"images":[{",".join(f"{{{chr(34)}id{chr(34)}:{n}}}" for n in range(350_000))}]}}'.encode(),
    )
    yield "the same key 400,000 times", b"{" + b'"annotations":[],' * 290_000 + b'"annotations":[]}'
    yield "a text of five million letters", b'["' + b"\\u0041" * (most // 6 - 9) + b'"]'
    yield "a cell of five million letters", CSV.encode() + b'"' + b"a" * (most - 200)
    yield "five million quotes", CSV.encode() + b'"' * (most - 200)
    yield "a million columns", b"x1,y1,x2,y2,score" + b",a" * 2_000_000 + b"\n1,2,3,4,1\n"
    yield "a million lines", b"x1,y1,x2,y2,score\n" + b"\n" * (most - 100)
    yield "a hundred thousand rows", b"x1,y1,x2,y2,score\n" + b"1,2,3,4,1\n" * 400_000
    yield "rows of YOLO", b"0 .5 .5 .1 .1\n" * 300_000
    yield "one line of YOLO", b"0 " * 2_000_000
    yield "all classes of YOLO", "".join(f"{number} .5 .5 .1 .1\n" for number in range(10**8, 10**8 + 5000)).encode()
    yield "elements in elements", b"<annotation>" + b"<a>" * 1_500_000
    yield "a million elements", b"<annotation>" + b"<a/>" * 1_200_000 + b"</annotation>"
    yield "a million attributes", b"<annotation" + b"".join(b' a%d=""' % n for n in range(400_000)) + b"/>"
    yield "a name of five million letters", b"<annotation>" + b"<" + b"a" * (most - 99) + b"/></annotation>"
    yield "a comment of five million letters", b"<annotation><!--" + b"a" * (most - 99) + b"--></annotation>"
    yield "letters as numbers", b"<annotation>" + b"&#65;" * 900_000 + b"</annotation>"
    space = b"u" * 3_000_000
    elements = b"".join(b"<a:b%d/>" % number for number in range(90_000))
    yield "a long namespace", b'<annotation xmlns:a="' + space + b'">' + elements + b"</annotation>"
    yield (
        "a long usual namespace",
        b"<annotation xmlns='" + space + b"'>" + elements.replace(b"a:", b"") + b"</annotation>",
    )
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(12))
    yield "a thousand million laughs", b'<!DOCTYPE a [<!ENTITY l0 "ha">' + laughs + b"]><annotation>&l12;</annotation>"
    yield (
        "quadratic laughs",
        b'<!DOCTYPE a [<!ENTITY l "' + b"a" * 10**6 + b'">]><annotation>' + b"&l;" * 10**5 + b"</annotation>",
    )
    yield "an outside entity", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>'
    yield "an outside parameter", b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><annotation/>'
    yield "an outside document type", b'<!DOCTYPE annotation SYSTEM "http://127.0.0.1:9/a.dtd"><annotation/>'
    yield "an included file", b'<annotation><xi:include href="file:///etc/passwd" parse="text"/></annotation>'
    yield "a style sheet", b'<?xml-stylesheet href="file:///etc/passwd"?><annotation/>'
    yield (
        "another coding in its head",
        b'<?xml version="1.0" encoding="utf-7"?><annotation>+ADw-object/+AD4-</annotation>',
    )
    yield "an unknown coding in its head", b'<?xml version="1.0" encoding="nonsense"?><annotation/>'
    yield "UTF-16", VOC.encode("utf-16")
    yield "6 MB", b"1" * 6 * 10**6
    yield "nothing", b""
    yield "blanks", b" \t\r\n" * 100_000
    yield "a pickle", b"\x80\x04cos\nsystem\n(S'false'\ntR."
