DROP TABLE refunds;
DROP TABLE voids;
DROP TABLE captures;
DROP TABLE authorizations;
