"""Review texts in English and Chinese that fit their rating, composed of short sentences."""

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.columns import from_pool, joined

TOPICS = ["size", "quality", "delivery", "service", "price"]

# PRAISE[language][topic], COMPLAINT[language][topic]: five variants each
PRAISE = [
    [
        ["Fits perfectly.", "True to size.", "Just the right size for me.",
         "The size chart is accurate.", "Not too big and not too small."],
        ["Great quality.", "Feels solid and well made.", "The material is lovely.",
         "Works exactly as described.", "Better than I expected."],
        ["Arrived the next day.", "Fast shipping.", "Delivery was quick and well packed.",
         "The parcel came early.", "The courier was on time."],
        ["Friendly support.", "Customer service answered at once.",
         "The staff helped me choose.", "My question was solved in minutes.",
         "Very patient service."],
        ["Good value for money.", "Cheaper than elsewhere.", "A fair price.",
         "Bought it on sale and saved a lot.", "Worth every yuan."],
    ],
    [
        ["尺码很准", "大小刚刚好", "很合身", "按尺码表买没问题", "不大不小正合适"],
        ["质量很好", "做工精细", "材质很舒服", "跟描述一致", "比想象中好"],
        ["物流很快", "第二天就到了", "包装完好送货快", "快递提前到了", "发货速度快"],
        ["客服很热心", "客服回复及时", "服务态度好", "店员耐心帮忙选", "问题几分钟就解决了"],
        ["性价比高", "比别家便宜", "价格实惠", "活动价很划算", "物有所值"],
    ],
]  # fmt: skip
COMPLAINT = [
    [
        ["Much too small.", "Runs two sizes large.", "The size chart is wrong.",
         "Does not fit at all.", "The size is not as described."],
        ["Broke after a week.", "Poor quality.", "Looks cheap and smells odd.",
         "Stopped working on day two.", "The material is thin and scratchy."],
        ["Delivery took forever.", "Arrived two weeks late.", "The box came crushed.",
         "The parcel was lost for days.", "Very slow shipping."],
        ["Support never replied.", "Rude customer service.", "Nobody could help me.",
         "I was sent from one agent to the next.", "Waited an hour for an answer."],
        ["Far too expensive.", "The price dropped a day after I bought.", "Not worth the money.",
         "Overpriced for what it is.", "The coupon did not work."],
    ],
    [
        ["尺码偏小太多", "大了两个码", "尺码表不准", "完全不合身", "尺码与描述不符"],
        ["用了一周就坏了", "质量太差", "有异味做工粗糙", "第二天就不能用了", "材质又薄又硬"],
        ["物流太慢了", "晚到了两周", "盒子压坏了", "快递丢了好几天", "等了很久才发货"],
        ["客服不回复", "客服态度差", "没人解决问题", "客服互相推诿", "等了一个小时没人理"],
        ["太贵了", "买完第二天就降价", "不值这个价", "价格虚高", "优惠券用不了"],
    ],
]  # fmt: skip
# OPENING[language][rating - 1]
OPENING = [
    [
        ["Terrible.", "Never again.", "Very disappointed."],
        ["Not happy.", "A let-down.", "Disappointing."],
        ["It is okay.", "Average.", "So-so."],
        ["Good.", "Quite happy.", "Nice buy."],
        ["Love it!", "Excellent!", "Perfect!"],
    ],
    [
        ["非常失望", "差评", "再也不买了"],
        ["不太满意", "有点失望", "不推荐"],
        ["一般般", "还行吧", "凑合"],
        ["不错", "挺满意", "还可以，喜欢"],
        ["非常喜欢", "强烈推荐", "太棒了"],
    ],
]
CLOSING = [
    [
        "",
        "I want my money back.",
        "Would not buy again.",
        "Second order already.",
        "Recommended.",
        "Hm.",
    ],
    ["", "要求退款", "不会再买", "已经回购", "推荐购买", "再看看吧"],
]
# positions in CLOSING that fit each rating
CLOSINGS_OF_RATING = np.array([[0, 1, 2], [0, 1, 2], [0, 5, 0], [0, 3, 4], [0, 3, 4]])
VARIANTS = 5


def review_texts(rating: np.ndarray, topic: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """One text per review: an opening, the main topic, and sometimes a second topic and a closing.

    rating: 1 to 5; 1 and 2 complain, 4 and 5 praise, 3 does both. topic: position in TOPICS.
    """
    size = rating.size
    language = rng.integers(0, 2, size)
    # any other topic except size, which not all products have
    others = len(TOPICS) - 1
    step = np.where(topic == 0, rng.integers(0, others, size), rng.integers(1, others, size))
    second_topic = 1 + (np.maximum(topic - 1, 0) + step) % others
    has_second = (rating == 3) | (rng.random(size) < 0.35)
    opening = (language * 5 + rating - 1) * 3 + rng.integers(0, 3, size)
    first = _sentence(rating >= 4, language, topic, rng)
    second = np.where(has_second, _sentence(rating >= 3, language, second_topic, rng), -1)
    closing = CLOSINGS_OF_RATING[rating - 1, rng.integers(0, 3, size)]
    sentences = [
        from_pool([text for tongue in OPENING for stars in tongue for text in stars], opening),
        from_pool(SENTENCES, first),
        from_pool(SENTENCES, second).fill_null(""),
        from_pool(
            [text for tongue in CLOSING for text in tongue], language * len(CLOSING[0]) + closing
        ),
    ]
    return _assembled(sentences, language)


SENTENCES = [
    text for kind in (COMPLAINT, PRAISE) for tongue in kind for topic in tongue for text in topic
]


def _sentence(is_praise, language, topic, rng) -> np.ndarray:
    """Position in SENTENCES."""
    row = (is_praise.astype(np.int64) * 2 + language) * len(TOPICS) + topic
    return row * VARIANTS + rng.integers(0, VARIANTS, row.size)


def _assembled(sentences: list[pa.Array], language: np.ndarray) -> pa.Array:
    text = sentences[0]
    for sentence in sentences[1:]:
        text = joined(
            text,
            from_pool(["", " ", "，"], np.where(_is_empty(sentence), 0, language + 1)),
            sentence,
        )
    return text


def _is_empty(sentences: pa.Array) -> np.ndarray:
    return np.array(sentences.to_numpy(zero_copy_only=False) == "")
