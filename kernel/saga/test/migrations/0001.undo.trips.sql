DROP TABLE bookings, saga_fences, outbox, trip_timeline, trip_queue, trip_ledger;
DROP PROCEDURE isolate_by_organization(regclass);
DROP FUNCTION current_organizations();
