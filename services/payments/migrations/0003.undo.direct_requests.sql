DROP TABLE direct_requests;
