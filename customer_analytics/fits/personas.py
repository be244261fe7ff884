"""Clusters of similar customers (K-means, scikit-learn)."""

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from customer_analytics.fits.parameters import Fit

MINIMUM_CUSTOMERS = 100
CLUSTERS = range(3, 9)
SILHOUETTE_CUSTOMERS = 2_000
SEED = 20_240_101


def fit(features: np.ndarray, names: Sequence[str]) -> Fit | None:
    """Find 3 to 8 clusters of standardised features; the best silhouette decides how many.

    features: customers by features; names: names of the features. None for fewer than 100
    customers, or fewer than 8 different ones. Parameters: mean.<name> and scale.<name> of each
    feature, centre.<number>.<name> of each cluster in standardised units, share.<number> of the
    customers in it, and the silhouette. Cluster 1 is the largest; ties are ordered by centre.
    """
    x = np.asarray(features, dtype=float)
    if len(x) < MINIMUM_CUSTOMERS or len(np.unique(x, axis=0)) < max(CLUSTERS):
        return None
    # sorted, because the starting points of K-means depend on the order of rows
    x = x[np.lexsort(x.T)]
    with threadpool_limits(limits=1):
        scaler = StandardScaler().fit(x)
        standardised = scaler.transform(x)
        models = [
            KMeans(clusters, n_init=5, random_state=SEED).fit(standardised) for clusters in CLUSTERS
        ]
        silhouettes = [
            silhouette_score(
                standardised,
                model.labels_,
                sample_size=min(len(x), SILHOUETTE_CUSTOMERS),
                random_state=SEED,
            )
            for model in models
        ]
    best = models[int(np.argmax(silhouettes))]
    sizes = np.bincount(best.labels_, minlength=best.n_clusters)
    by_size = sorted(
        range(best.n_clusters),
        key=lambda cluster: (-sizes[cluster], *best.cluster_centers_[cluster]),
    )
    values = {"silhouette": float(max(silhouettes))}
    for number, cluster in enumerate(by_size, start=1):
        values[f"share.{number}"] = float(sizes[cluster] / len(x))
    for position, name in enumerate(names):
        values[f"mean.{name}"] = float(scaler.mean_[position])
        values[f"scale.{name}"] = float(scaler.scale_[position])
        for number, cluster in enumerate(by_size, start=1):
            values[f"centre.{number}.{name}"] = float(best.cluster_centers_[cluster][position])
    return Fit(values=values, customers=len(x))
