"""The catalogue: categories, each with its own replenishment cycle, and their products."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.columns import (
    DAY,
    HOUR,
    dates,
    decimals,
    from_pool,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import chance, pick
from customer_analytics.simulator.writing import contract_table

PRODUCTS_PER_CATEGORY = 10


@dataclass(frozen=True)
class Category:
    """A product category; prices in yuan, cycle_days until customers need it again."""

    name: str
    cycle_days: float
    lowest_price: float
    highest_price: float
    share: float
    usual_quantity: float
    return_rate: float
    companion: str
    goods: tuple[str, ...]


CATEGORIES = [
    Category("smartphone", 420, 799, 5999, 0.5, 1.0, 0.06, "headphones",
             ("Smart Phone", "Phone Pro", "Foldable Phone 折叠屏")),
    Category("headphones", 150, 39, 1299, 0.8, 1.1, 0.05, "smartphone",
             ("Earbuds 耳机", "Studio Headphones", "Sport Earphones")),
    Category("appliance", 330, 129, 2999, 0.6, 1.0, 0.06, "food",
             ("Air Fryer 空气炸锅", "Kettle", "Robot Vacuum", "Rice Cooker 电饭煲")),
    Category("clothing", 60, 49, 899, 1.5, 1.3, 0.16, "shoes",
             ("T-Shirt", "Down Jacket 羽绒服", "Linen Dress", "Hoodie")),
    Category("shoes", 120, 99, 1099, 0.8, 1.0, 0.14, "clothing",
             ("Running Shoes", "Sneakers 板鞋", "Leather Boots")),
    Category("skincare", 55, 49, 899, 1.3, 1.6, 0.04, "beauty",
             ("Face Serum 精华", "Sunscreen", "Face Cream", "Sheet Mask 面膜")),
    Category("beauty", 75, 39, 499, 0.8, 1.4, 0.05, "skincare",
             ("Lipstick 口红", "Cushion Foundation", "Eye Palette")),
    Category("beverages", 28, 29, 699, 1.2, 2.4, 0.02, "food",
             ("Green Tea 绿茶", "Coffee Beans", "Oolong Tea", "Drip Coffee 挂耳咖啡")),
    Category("food", 21, 12, 199, 1.4, 3.2, 0.02, "beverages",
             ("Mixed Nuts 坚果", "Rice Crackers", "Dried Mango", "Chocolate Box")),
    Category("health", 45, 59, 599, 0.7, 1.8, 0.02, "food",
             ("Vitamin C", "Fish Oil 鱼油", "Protein Powder", "Probiotics 益生菌")),
    Category("baby", 30, 59, 499, 0.7, 2.6, 0.03, "skincare",
             ("Diapers 纸尿裤", "Milk Powder", "Baby Wipes")),
    Category("pets", 35, 39, 459, 0.8, 2.0, 0.02, "food",
             ("Cat Food 猫粮", "Dog Food", "Cat Litter")),
]  # fmt: skip
BRANDS = [
    "Lumora", "Qingyun 青云", "Veltano", "Mubai 暮白", "Norhaven", "Xiaoye 小野", "Terrafine",
    "Yunxi 云栖", "Calidra", "Shanlan 山岚", "Brightwell", "Hetang 荷塘",
]  # fmt: skip
SIZES = ["Classic", "Plus", "Mini", "Gift Set", "Light", "Family Pack", "Limited", "Travel"]
UNKNOWN_COST_SHARE = 0.03
LAUNCHED_LATER_SHARE = 0.2


class Catalogue:
    """All products by category and ascending price; amounts in cents of the reporting currency.

    Product number p belongs to category p // PRODUCTS_PER_CATEGORY. Even products are on sale from
    the start. A customer who chooses an odd product before its launch gets the previous one.
    """

    def __init__(self, rng: np.random.Generator, start: int, days: int):
        per = PRODUCTS_PER_CATEGORY
        size = len(CATEGORIES) * per
        self.category = np.repeat(np.arange(len(CATEGORIES)), per)
        self.list_price = _prices(rng)
        self.unit_cost = (self.list_price * rng.uniform(0.42, 0.72, size)).astype(np.int64)
        self.has_cost = ~chance(rng, UNKNOWN_COST_SHARE, size)
        self.quality = rng.beta(6, 2, size)
        self.name = _names(rng)
        self.brand = rng.integers(0, len(BRANDS), size)
        self.launch_day = start // DAY - rng.integers(30, 900, size)
        late = (np.arange(size) % 2 == 1) & chance(rng, 2 * LAUNCHED_LATER_SHARE, size)
        self.launch_day[late] = start // DAY + rng.integers(0, max(days, 1), late.sum())
        self._start = start

    def product_near(self, category, price) -> np.ndarray:
        """The product of each category whose list price is nearest, on a log scale; cents."""
        prices = self.list_price.reshape(len(CATEGORIES), -1)
        between = np.sqrt(prices[:, 1:] * prices[:, :-1].astype(float))
        step = (between[category] < np.asarray(price)[:, None]).sum(axis=1)
        return category * PRODUCTS_PER_CATEGORY + step

    def on_sale(self, product, day) -> np.ndarray:
        """The product, or the previous one if it was not launched by that day."""
        return np.where(self.launch_day[product] > day, product - product % 2, product)

    def table(self) -> pa.Table:
        """The contract's products table."""
        size = self.category.size
        return contract_table(
            "products",
            product_id=numbered("P", np.arange(1, size + 1), 4),
            product_name=self.name,
            category=from_pool([category.name for category in CATEGORIES], self.category),
            brand=from_pool(BRANDS, self.brand),
            list_price=decimals(self.list_price),
            unit_cost=decimals(self.unit_cost, known=self.has_cost),
            launched_on=dates(self.launch_day),
            loaded_at=timestamps(np.maximum(self.launch_day * DAY, self._start) + 2 * HOUR),
        )


def _prices(rng: np.random.Generator) -> np.ndarray:
    """Ascending prices per category that end in .00 or .90; cents."""
    rows = []
    for category in CATEGORIES:
        steps = np.geomspace(category.lowest_price, category.highest_price, PRODUCTS_PER_CATEGORY)
        yuan = np.sort((steps * rng.uniform(0.95, 1.05, steps.size)).round().astype(np.int64))
        rows.append(yuan * 100 - pick(rng, [2, 1], steps.size) * 10)
    return np.concatenate(rows)


def _names(rng: np.random.Generator) -> pa.Array:
    names = []
    for category in CATEGORIES:
        for number in range(PRODUCTS_PER_CATEGORY):
            goods = category.goods[number % len(category.goods)]
            names.append(f"{goods} {SIZES[rng.integers(len(SIZES))]} {number + 1}")
    return pa.array(names)
