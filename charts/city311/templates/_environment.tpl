{{/* The settings of a process, by the names of services/all/src/config.ts. Of: root, name, service. */}}
{{- define "city311.environment" -}}
{{- $values := .root.Values -}}
- { name: TARGET, value: {{ .name | quote }} }
- { name: HOST, value: 0.0.0.0 }
- { name: PORT, value: '3110' }
- { name: MANAGEMENT_HOST, value: 0.0.0.0 }
- { name: MANAGEMENT_PORT, value: '9311' }
- { name: TRUSTED_PROXIES, value: {{ join "," $values.network.trustedProxies | quote }} }
- { name: RATE_LIMITS, value: {{ $values.rateLimits | quote }} }
- { name: ALLOW_CLEARTEXT, value: 'true' } # TLS ends before the pods: at the entrance, or in a mesh
- { name: DATA_DIR, value: /data }
- { name: CITY, value: {{ $values.city | quote }} }
- { name: LOG_LEVEL, value: {{ $values.logLevel | quote }} }
- { name: BODY_LIMIT_BYTES, value: {{ $values.bodyLimitBytes | int64 | toString | quote }} }
- { name: REQUEST_TIMEOUT_MS, value: {{ $values.requestTimeoutMs | int64 | toString | quote }} }
- { name: KEEP_ALIVE_TIMEOUT_MS, value: {{ $values.keepAliveTimeoutMs | int64 | toString | quote }} }
- { name: DRAIN_MS, value: {{ mul .service.drainSeconds 1000 | toString | quote }} }
- { name: PUBLIC_URL, value: {{ $values.publicUrl | quote }} }
- { name: MAILS_PER_DAY, value: {{ $values.mail.perDay | int | toString | quote }} }
- { name: MAIL_FROM, value: {{ $values.mail.from | quote }} }
{{- with $values.mail.smtpUrl }}
- {{ include "city311.secretly" (dict "env" "SMTP_URL" "ref" .) }}
- { name: SMTP_REQUIRE_TLS, value: {{ $values.mail.requireTls | toString | quote }} }
{{- end }}
- {{ include "city311.secretly" (dict "env" "EVENTSTORE_URL" "ref" $values.eventstore.url) }}
{{- if $values.eventstore.ca }}
- { name: EVENTSTORE_CA_FILE, value: /etc/city311/eventstore-ca/ca.crt }
{{- end }}
- { name: KAFKA_BROKERS, value: {{ join "," $values.kafka.brokers | quote }} }
- { name: KAFKA_TLS, value: {{ $values.kafka.tls | toString | quote }} }
{{- if $values.kafka.ca }}
- { name: KAFKA_TLS_CA_FILE, value: /etc/city311/kafka-ca/ca.crt }
{{- end }}
{{- with $values.kafka.sasl }}
{{- if .mechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ .mechanism | quote }} }
- {{ include "city311.secretly" (dict "env" "KAFKA_SASL_USERNAME" "ref" .username) }}
- {{ include "city311.secretly" (dict "env" "KAFKA_SASL_PASSWORD" "ref" .password) }}
{{- end }}
{{- end }}
- { name: KAFKA_PARTITIONS, value: {{ $values.kafka.partitions | int | toString | quote }} }
- { name: KAFKA_LINGER_MS, value: {{ $values.kafka.lingerMs | int | toString | quote }} }
- { name: KAFKA_REPLICATION, value: {{ $values.kafka.replication | int | toString | quote }} }
- {{ include "city311.secretly" (dict "env" "MONGODB_URL" "ref" $values.mongodb.url) }}
- { name: MASTER_KEY_FILE, value: /etc/city311/master-key/key }
{{- with $values.tracing }}
{{- if .endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: OTEL_SERVICE_NAME, value: {{ printf "city311-%s" $.name | quote }} }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ .sample | toString | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "city311.secretly" -}}
{ name: {{ .env }}, valueFrom: { secretKeyRef: { name: {{ .ref.name | quote }}, key: {{ .ref.key | quote }} } } }
{{- end }}

{{/* JSON: Secrets that are files in the pod, folder under /etc/city311 -> { name, key, file }. */}}
{{- define "city311.files" -}}
{{- $files := dict "master-key" (dict "ref" .Values.masterKey "file" "key") }}
{{- with .Values.eventstore.ca }}{{ $_ := set $files "eventstore-ca" (dict "ref" . "file" "ca.crt") }}{{ end }}
{{- with .Values.kafka.ca }}{{ $_ := set $files "kafka-ca" (dict "ref" . "file" "ca.crt") }}{{ end }}
{{- toJson $files }}
{{- end }}
