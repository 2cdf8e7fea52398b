"""The palette of the catalogue and arithmetic on colours."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
NIGHT: Colour = (24, 26, 38)


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour one can order: its slug in file names, its name, and what it feels like."""

    slug: str
    name: str
    colour: Colour
    mood: str


def parsed(text: str) -> Colour:
    """Read ``#rrggbb``."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return a colour between two: ``a`` at 0, ``b`` at 1."""
    r, g, b_ = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return (r, g, b_)


def lit(colour: Colour, share: float) -> Colour:
    """Return the colour under more light."""
    return mix(colour, WHITE, share)


def dim(colour: Colour, share: float) -> Colour:
    """Return the colour in shadow; shadows are a little blue."""
    return mix(colour, NIGHT, share)


def brightness(colour: Colour) -> float:
    """Say how bright a colour looks, from 0 to 1."""
    r, g, b = colour
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255


_PALETTE = (
    ("ink", "墨黑", "#30323a", "沉稳耐看，怎么搭都不出错"),
    ("moon", "月白", "#eceae4", "干净清透，像落在窗台的月光"),
    ("mist", "雾蓝", "#86a2b8", "清晨湖面的颜色，安静又高级"),
    ("navy", "海军蓝", "#2f4a70", "深海一样的蓝，通勤周末都合适"),
    ("sand", "砂岩", "#cdb08c", "温柔的大地色，四季都好看"),
    ("caramel", "焦糖", "#ad6a3a", "一口甜甜的暖意，秋冬必备"),
    ("sage", "豆绿", "#8dab8a", "春天刚冒头的那一抹绿"),
    ("pine", "松绿", "#2f6152", "像走进雨后的松林"),
    ("sakura", "樱粉", "#e6b0b6", "不甜腻的粉，衬得人气色好"),
    ("coral", "珊瑚", "#e2755b", "元气满满，一眼就心动"),
    ("wine", "酒红", "#84293a", "微醺的红，复古又大方"),
    ("amber", "姜黄", "#dca53f", "把阳光带在身边"),
    ("lilac", "丁香", "#ac9acb", "浪漫的淡紫，拍照特别出片"),
    ("silver", "银灰", "#b8bdc4", "冷静的金属感，越看越耐看"),
    ("slate", "石墨", "#575c64", "低调的深灰，质感拉满"),
    ("cream", "奶油", "#f0e2c8", "软糯的奶油色，治愈每一天"),
    ("sky", "天青", "#69aec6", "雨过天青云破处"),
    ("mocha", "茶棕", "#6d4c3b", "一杯热摩卡的温度"),
    ("mint", "薄荷", "#9fd2be", "夏天的第一口凉意"),
    ("tangerine", "橘橙", "#e88c3c", "像剥开一只橘子那样快乐"),
)

SHADES = {slug: Shade(slug, name, parsed(value), mood) for slug, name, value, mood in _PALETTE}
