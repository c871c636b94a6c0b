#!/bin/sh
# Tries what the profile s3 promises, on a Valerix that runs with it, and says of each promise what it saw. Ends with 1 if
# one was not kept. It may be run again and again; it places orders and leaves them there.
#
#   VALERIX_PROFILE=s3 npm start        in one terminal
#   sh deploy/s3/check.sh               in another
set -u

VALERIX=${VALERIX_URL:-http://127.0.0.1:8080}
ORDERS=${ORDERS_URL:-http://127.0.0.1:5001}
INVENTORY=${INVENTORY_URL:-http://127.0.0.1:5002}
PAYMENTS=${PAYMENTS_URL:-http://127.0.0.1:5003}

# One order in ten is declined, so that none of this many is declined happens once in a thousand million times.
TRIES_MAX=200
# How long an order may take to get where it has to, in seconds.
PATIENCE_S=60
DELAY_MS=3000

PRODUCT=PROD-001
ONE="{\"product_id\":\"$PRODUCT\",\"quantity\":1}"
TOO_MANY="{\"product_id\":\"$PRODUCT\",\"quantity\":900000}"

KEPT=0
BROKEN=0
ANSWER=$(mktemp) || exit 1

tidy_up() {
  for service in "$INVENTORY" "$PAYMENTS"; do
    curl -s -o /dev/null -m 10 -H 'content-type: application/json' -d '{"enabled":false}' "$service/gremlin/latency"
  done
  rm -f "$ANSWER"
}
trap tidy_up EXIT
trap 'exit 1' HUP INT TERM

# ask METHOD URL [BODY [HEADER]]: sets STATUS, BODY and TOOK_MS. A status of 000 is no answer at all.
ask() {
  set -- "$1" "$2" "${3-}" "${4-X-Nothing: nothing}"
  if [ -n "$3" ]; then
    told=$(curl -s -m 30 -o "$ANSWER" -w '%{http_code} %{time_total}' -X "$1" -H 'content-type: application/json' -H "$4" \
      -d "$3" "$2")
  else
    told=$(curl -s -m 30 -o "$ANSWER" -w '%{http_code} %{time_total}' -X "$1" -H "$4" "$2")
  fi
  STATUS=${told%% *}
  TOOK_MS=$(printf '%s' "${told#* }" | awk '{ printf "%d", $1 * 1000 }')
  BODY=$(cat "$ANSWER")
  : > "$ANSWER"
}

# field NAME: the first value under a name in the body of the latest answer.
field() {
  printf '%s' "$BODY" | awk -v key="\"$1\":" '
    { at = index($0, key) }
    at { value = substr($0, at + length(key))
      if (substr(value, 1, 1) == "\"") { value = substr(value, 2); print substr(value, 1, index(value, "\"") - 1) }
      else { match(value, /^[^],}]*/); print substr(value, 1, RLENGTH) }
      exit }'
}

has() {
  case $BODY in *"$1"*) return 0 ;; *) return 1 ;; esac
}

# kept PROMISE CONDITION...: says of a promise whether it was kept: whether the condition, a command, succeeds.
kept() {
  promise=$1
  shift
  if "$@"; then
    KEPT=$((KEPT + 1))
    printf 'ok    %s\n      saw %s\n' "$promise" "$SAW"
  else
    BROKEN=$((BROKEN + 1))
    printf 'FAIL  %s\n      saw %s\n' "$promise" "$SAW"
  fi
}

saw_answer() {
  SAW="$STATUS after $TOOK_MS ms: $(printf '%s' "$BODY" | cut -c 1-300)"
}

is() { [ "$STATUS" = "$1" ] && { [ -z "${2-}" ] || [ "$(field status)" = "$2" ]; }; }
took_at_least() { [ "$TOOK_MS" -ge "$1" ]; }

# place BODY [HEADER]: places an order that is not declined. Sets ID, and DECLINED when one was.
place() {
  tries=0
  while [ "$tries" -lt "$TRIES_MAX" ]; do
    ask POST "$ORDERS/orders" "$1" "${2-X-Nothing: nothing}"
    [ "$STATUS" = 402 ] || break
    DECLINED=$(field order_id)
    tries=$((tries + 1))
  done
  ID=$(field id)
  saw_answer
}

# reaches ID STATUS: waits until an order is in a status.
reaches() {
  waited=0
  while :; do
    ask GET "$ORDERS/orders/$1"
    saw_answer
    [ "$(field status)" = "$2" ] && return 0
    [ "$waited" -lt "$PATIENCE_S" ] || return 1
    sleep 1
    waited=$((waited + 1))
  done
}

# health_is URL STATUS [PART...]: waits until a service says that it is so; its answer is kept for a second.
health_is() {
  url=$1 status=$2
  shift 2
  for second in 1 2 3 4 5 6 7 8 9 10; do
    ask GET "$url/health"
    saw_answer
    is 200 "$status" && break
    sleep 1
  done
  is 200 "$status" || return 1
  for part in "$@"; do has "$part" || return 1; done
  case $(field timestamp) in
  [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) return 0 ;;
  *) return 1 ;;
  esac
}

# slow URL BODY: makes a service slow.
slow() {
  ask POST "$1/gremlin/latency" "$2"
  saw_answer
  is 200
}

stock_of() {
  ask GET "$INVENTORY/inventory/$PRODUCT"
  field stock
}

section() { printf '\n%s\n' "$1"; }

ask GET "$ORDERS/health"
if [ "$STATUS" = 000 ]; then
  echo "Nothing answers at $ORDERS. Start Valerix with VALERIX_PROFILE=s3, or set ORDERS_URL, INVENTORY_URL, PAYMENTS_URL and VALERIX_URL." >&2
  exit 1
fi

section "They are there"

kept "the order service is healthy, and tells of its database and of the two services that it needs" \
  health_is "$ORDERS" healthy '"service":"order-service"' '"database":"connected"' \
  '"inventory-service":"reachable"' '"payment-service":"reachable"'
kept "the inventory service is healthy, and tells of its database" \
  health_is "$INVENTORY" healthy '"service":"inventory-service"' '"database":"connected"'
kept "the payment service is healthy, and tells of its database" \
  health_is "$PAYMENTS" healthy '"service":"payment-service"' '"database":"connected"'

lists_products() {
  ask GET "$INVENTORY/inventory"
  saw_answer
  is 200 && has '"product_id":"PROD-001"' && has '"product_id":"PROD-002"' && has '"product_id":"PROD-003"'
}
kept "PROD-001, PROD-002 and PROD-003 are for sale" lists_products

# Earlier runs have sold some.
if [ "$(stock_of)" -lt 20 ]; then
  ask POST "$VALERIX/api/v1/inventory/products/$PRODUCT/stock" '{"quantity":100,"reason":"warehouse_receiving"}' \
    "Idempotency-Key: check-$$-$(date +%s)"
fi

section "Orders"

confirms() {
  before=$(stock_of)
  place "$ONE"
  CONFIRMED=$ID
  is 201 CONFIRMED && has "\"product_id\":\"$PRODUCT\"" && has '"quantity":1' &&
    [ "$(stock_of)" -eq $((before - 1)) ]
}
kept "an order is created, its stock reserved and its payment made: 201 CONFIRMED" confirms

shows() {
  ask GET "$ORDERS/orders/$CONFIRMED"
  saw_answer
  is 200 CONFIRMED && [ "$(field id)" = "$CONFIRMED" ] && has '"created_at"' && has '"updated_at"'
}
kept "an order is shown by its id" shows

lists_orders() {
  ask GET "$ORDERS/orders"
  saw_answer
  is 200 && has "\"id\":\"$CONFIRMED\""
}
kept "recent orders are listed" lists_orders

answers_at_once() {
  place "$ONE" "Prefer: wait=0"
  is 202 PENDING && [ "$(field message)" = "Order is being processed" ]
}
kept "an order that nobody waits for is PENDING: 202 Order is being processed" answers_at_once
kept "and is confirmed in the background" reaches "$ID" CONFIRMED

refuses_bad_input() {
  for body in '{"quantity":1}' "{\"product_id\":\"$PRODUCT\",\"quantity\":0}" '{"product_id":"PROD-404","quantity":1}' '{'; do
    ask POST "$ORDERS/orders" "$body"
    saw_answer
    is 400 || return 1
  done
  ask GET "$ORDERS/orders/nobody"
  is 400
}
kept "bad input is 400 and names what is wrong" refuses_bad_input

fails_for_stock() {
  place "$TOO_MANY"
  FAILED=$(field order_id)
  is 409 && [ "$(field code)" = insufficient_stock ] && reaches "$FAILED" FAILED
}
kept "an order of more than there is fails: 409, and it is FAILED" fails_for_stock

is_declined() {
  DECLINED=${DECLINED-}
  tries=0
  while [ -z "$DECLINED" ] && [ "$tries" -lt "$TRIES_MAX" ]; do
    ask POST "$ORDERS/orders" "$TOO_MANY"
    saw_answer
    [ "$STATUS" = 402 ] && DECLINED=$(field order_id)
    tries=$((tries + 1))
  done
  [ -n "$DECLINED" ] && reaches "$DECLINED" FAILED
}
kept "about one payment in ten is declined: 402, and the order is FAILED" is_declined

section "Inventory"

shows_stock() {
  ask GET "$INVENTORY/inventory/$PRODUCT"
  saw_answer
  is 200 && [ "$(field product_id)" = "$PRODUCT" ] && has '"stock":' && has '"reserved":' || return 1
  ask GET "$INVENTORY/inventory/PROD-404"
  is 404
}
kept "the stock of a product is shown, and there is 404 for one that is not there" shows_stock

# The stock of this order was never reserved, for its payment was declined.
hold() { ask POST "$INVENTORY/inventory/$1" "{\"order_id\":\"$DECLINED\",\"product_id\":\"$PRODUCT\",\"quantity\":$2}"; saw_answer; }

reserves() {
  before=$(stock_of)
  for once_and_again in 1 2; do
    hold reserve 2
    is 200 && [ "$(field stock)" -eq $((before - 2)) ] || return 1
  done
}
kept "stock is reserved for an order, once, however often it is asked for" reserves

refuses_other_quantity() {
  for verb in reserve release; do
    hold "$verb" 1
    is 409 && [ "$(field code)" = reservation_differs ] && has '"quantity":2' || return 1
  done
  [ "$(stock_of)" -eq $((before - 2)) ]
}
kept "another quantity than the order holds is neither reserved nor released: 409 says what it holds" refuses_other_quantity

releases() {
  for once_and_again in 1 2; do
    hold release 2
    is 200 && [ "$(field stock)" -eq "$before" ] || return 1
  done
}
kept "reserved stock is released, once, however often it is asked for" releases

section "Payments"

pay() { ask POST "$PAYMENTS/payments" "$1"; saw_answer; }

pays() {
  pay "{\"order_id\":\"$CONFIRMED\"}"
  PAYMENT=$(field id)
  is 201 SUCCESS && [ "$(field order_id)" = "$CONFIRMED" ]
}
kept "a payment is made for an order, once: 201 SUCCESS" pays

shows_payment() {
  ask GET "$PAYMENTS/payments/$PAYMENT"
  saw_answer
  is 200 SUCCESS && [ "$(field order_id)" = "$CONFIRMED" ] && has '"amount":{"amount":"99.99","currency":"EUR"}'
}
kept "a payment is shown by its id" shows_payment

shows_failed_payment() {
  pay "{\"order_id\":\"$DECLINED\",\"amount\":$AMOUNT}"
  is 201 FAILED || return 1
  ask GET "$PAYMENTS/payments/$(field id)"
  is 200 FAILED
}
ask GET "$VALERIX/api/v1/orders/$DECLINED"
AMOUNT=$(printf '%s' "$BODY" | awk '{ at = index($0, "\"total\":"); print substr($0, at + 8, index(substr($0, at + 8), "}")) }')
kept "a payment that was declined is FAILED, whoever asks" shows_failed_payment

declines_some() {
  succeeded=0 declined=0
  while [ $((succeeded + declined)) -lt "$TRIES_MAX" ]; do
    pay "{\"order_id\":\"check-$$-$(date +%s)-$succeeded-$declined\",\"amount\":19.99}"
    is 201 || return 1
    case $(field status) in
    SUCCESS) succeeded=$((succeeded + 1)) ;;
    FAILED) declined=$((declined + 1)) ;;
    *) return 1 ;;
    esac
    [ "$succeeded" -gt 0 ] && [ "$declined" -gt 0 ] && break
  done
  SAW="$succeeded payments SUCCESS and $declined FAILED"
  [ "$succeeded" -gt 0 ] && [ "$declined" -gt 0 ]
}
kept "most payments succeed, and some are declined by chance" declines_some

section "Inventory is slow"

kept "latency is injected into the inventory service" slow "$INVENTORY" "{\"enabled\":true,\"delay_ms\":$DELAY_MS}"

remembers_latency() {
  ask GET "$INVENTORY/gremlin/latency"
  saw_answer
  is 200 && [ "$(field enabled)" = true ] && [ "$(field delay_ms)" = "$DELAY_MS" ]
}
kept "and remembered" remembers_latency

degrades_for_inventory() {
  place "$ONE"
  is 202 && [ "$(field message)" = "Order is being processed" ] && took_at_least 2000
}
kept "an order is answered all the same, after two seconds: 202 Order is being processed" degrades_for_inventory
kept "and is PENDING_INVENTORY" reaches "$ID" PENDING_INVENTORY

lists_waiting() {
  ask GET "$1?status=$2"
  saw_answer
  is 200 && has "\"id\":\"$ID\""
}
kept "orders that wait for inventory can be listed" lists_waiting "$ORDERS/orders" PENDING_INVENTORY
kept "at the public door too" lists_waiting "$VALERIX/api/v1/orders" PENDING_INVENTORY
kept "the order service says that it is degraded, with 200" \
  health_is "$ORDERS" degraded '"inventory-service":"unreachable"' '"payment-service":"reachable"'

delays_endpoints() {
  ask GET "$INVENTORY/inventory/$PRODUCT"
  saw_answer
  is 200 && took_at_least "$DELAY_MS"
}
kept "the endpoints of the inventory service are slow" delays_endpoints

blocks_nobody() {
  slow "$INVENTORY" '{"enabled":true,"delay_ms":10000}' || return 1
  curl -s -o /dev/null "$INVENTORY/inventory/$PRODUCT" &
  waiting=$!
  ask GET "$INVENTORY/metrics"
  SAW="$STATUS from /metrics after $TOOK_MS ms while another request waited"
  kill -0 "$waiting" 2>/dev/null && is 200
  outcome=$?
  kill "$waiting" 2>/dev/null
  wait "$waiting" 2>/dev/null
  return "$outcome"
}
kept "who waits blocks nobody else, and metrics are not delayed" blocks_nobody
kept "latency is taken away" slow "$INVENTORY" '{"enabled":false}'
kept "the order that waited is confirmed by itself" reaches "$ID" CONFIRMED

works_again() { place "$ONE" "Prefer: wait=10"; is 201 CONFIRMED; }
kept "orders work again" works_again
kept "the order service is healthy again" health_is "$ORDERS" healthy

section "Payment is slow"

kept "latency is injected into the captures of the payment service" \
  slow "$PAYMENTS" "{\"enabled\":true,\"delay_ms\":$DELAY_MS,\"operations\":[\"capture\"]}"

degrades_for_payment() {
  before=$(stock_of)
  place "$ONE"
  is 202 && [ "$(field message)" = "Order is being processed" ] && took_at_least 2000
}
kept "an order is answered all the same, after two seconds: 202 Order is being processed" degrades_for_payment
kept "and is PENDING_PAYMENT" reaches "$ID" PENDING_PAYMENT

keeps_stock() { now=$(stock_of); saw_answer; [ "$now" -eq $((before - 1)) ]; }
kept "its stock stays reserved meanwhile" keeps_stock

is_pending() {
  ask GET "$VALERIX/api/v1/payments?order_id=$ID"
  ask GET "$PAYMENTS/payments/$(field payment_id)"
  saw_answer
  is 200 PENDING
}
kept "its payment is PENDING" is_pending
kept "latency is taken away" slow "$PAYMENTS" '{"enabled":false}'
kept "the order that waited is confirmed by itself" reaches "$ID" CONFIRMED

kept "latency is injected into all of the payment service" slow "$PAYMENTS" "{\"enabled\":true,\"delay_ms\":$DELAY_MS}"

refuses_without_authorization() {
  ask POST "$ORDERS/orders" "$ONE"
  saw_answer
  is 503 && [ "$(field code)" = gateway_error ]
}
kept "an order whose payment cannot be authorized is not accepted: 503, to be sent again" refuses_without_authorization
kept "the order service says that it is degraded, with 200" \
  health_is "$ORDERS" degraded '"inventory-service":"reachable"' '"payment-service":"unreachable"'
kept "latency is taken away" slow "$PAYMENTS" '{"enabled":false}'
kept "orders work again" works_again
kept "the order service is healthy again, nothing has crashed" health_is "$ORDERS" healthy

section "What can be watched"

counts_requests() {
  for pair in "$ORDERS order-service GET /orders/:order_id" "$INVENTORY inventory-service GET /inventory/:product_id" \
    "$PAYMENTS payment-service POST /payments"; do
    # shellcheck disable=SC2086 # Its parts are the arguments.
    set -- $pair
    ask GET "$1/metrics"
    labels="service=\"$2\",method=\"$3\",path=\"$4\""
    SAW=$(printf '%s' "$BODY" | awk -v part="$labels" 'index($0, part) && /_total|_count/' | tr '\n' ' ')
    is 200 && has "http_requests_total{$labels,status_code=" && has "http_request_duration_seconds_count{$labels}" || return 1
  done
}
kept "each service counts and times its requests at /metrics, by route" counts_requests

lets_pages() {
  SAW=$(curl -s -m 10 -o /dev/null -D - -X OPTIONS -H 'Origin: http://localhost:3000' \
    -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type' "$ORDERS/orders" |
    tr -d '\r' | awk 'tolower($0) ~ /^access-control-allow-origin:/')
  case $SAW in *"http://localhost:3000") return 0 ;; *) return 1 ;; esac
}
kept "a page on another port of this machine may call them" lets_pages

printf '\n%s promises were kept, %s were not.\n' "$KEPT" "$BROKEN"
[ "$BROKEN" -eq 0 ]
