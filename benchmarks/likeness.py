"""Finding alike opinions among many: how long it takes, and whether every one is found.

Run from the checkout::

    .venv/bin/python benchmarks/likeness.py            # 10,000 opinions
    .venv/bin/python benchmarks/likeness.py 50000

Seven of ten texts are made by chance of the same few words, one and a half are form letters to the
letter, and as many are form letters in which every 25th piece was changed. Told is the time of the
processor, which a busy machine does not change.
"""

from __future__ import annotations

import random
import sys
import time

from webapp.consultation.reading import same_text
from webapp.consultation.similar import clusters

_SAID = (
    "希望在惠山新城中央公园多种树少修路孩子们放学以后没有地方玩我们小区的居民都觉得华惠路的绿化带太窄车流量大噪声也大"
    "请规划局考虑增加隔离带和公交站点老人出行不方便医院学校菜市场都很远建议把停车场改到地下不要占用绿地反对拆迁支持"
    "建设地铁二号线延伸工期不要太长影响生意补偿标准要公开透明希望早日看到结果谢谢领导关心民生"
)
_PIECES = (10, 20, 40, 80, 200, 400)
_LETTERS = 20


def main(count: int) -> None:
    """Make the texts, look for what is alike, tell the time and what was found."""
    chance = random.Random(1)
    words = [_SAID[at : at + chance.randint(2, 5)] for at in range(len(_SAID) - 5)]

    def text() -> list[str]:
        return [chance.choice(words) for _ in range(chance.choice(_PIECES))]

    letters = [text() for _ in range(_LETTERS)]
    made = [text() for _ in range(count * 7 // 10)]
    made += [chance.choice(letters) for _ in range(count * 3 // 20)]
    made += [_changed(chance.choice(letters), words, chance) for _ in range(count * 3 // 20)]
    chance.shuffle(made)
    started = time.process_time()
    plain = ["".join(one) for one in made]
    texts = [same_text(one) for one in plain]
    told = time.process_time()
    found = clusters(texts)
    ended = time.process_time()
    several = [one for one in found if len(one.scores) > 1]
    print(f"{len(plain)} texts of {sum(map(len, plain)) / len(plain):.0f} characters on average")
    print(f"made alike {told - started:.2f} s, likened {ended - told:.2f} s of one processor")
    inside = sum(len(one.scores) for one in several)
    print(f"{inside} of {count * 3 // 10} form letters in {len(several)} groups of {_LETTERS}")


def _changed(letter: list[str], words: list[str], chance: random.Random) -> list[str]:
    changed = list(letter)
    for _ in range(max(1, len(letter) // 25)):
        changed[chance.randrange(len(letter))] = chance.choice(words)
    return changed


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
