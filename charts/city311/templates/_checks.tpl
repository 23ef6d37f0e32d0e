{{/* What the schema cannot say: faults that lie between two values. All of them are told at once. */}}
{{- define "city311.checks" -}}
{{- $faults := list }}
{{- $values := .Values }}
{{- range $path, $given := dict "eventstore.url" $values.eventstore.url "eventstore.ca" $values.eventstore.ca "kafka.ca" $values.kafka.ca "kafka.sasl.username" $values.kafka.sasl.username "kafka.sasl.password" $values.kafka.sasl.password "mongodb.url" $values.mongodb.url "masterKey" $values.masterKey "mail.smtpUrl" $values.mail.smtpUrl }}
{{- if kindIs "string" $given }}
{{- $faults = append $faults (printf "%s is written out: values are no place for secrets; put it into a Secret and refer to that, { name: <Secret>, key: <key in it> }" $path) }}
{{- end }}
{{- end }}
{{- if not (regexMatch "^https?://[^/]+$" $values.publicUrl) }}
{{- $faults = append $faults (printf "publicUrl %q: give the address that residents see, without a path: --set publicUrl=https://311.example.gov" $values.publicUrl) }}
{{- end }}
{{- if eq (toString $values.image.tag) "latest" }}
{{- $faults = append $faults "image.tag latest: name a version, or give image.digest; with latest two pods may run different code and a rollback brings nothing back" }}
{{- end }}
{{- if not $values.kafka.brokers }}
{{- $faults = append $faults "kafka.brokers is empty: list where the brokers are: --set 'kafka.brokers={kafka:9092}'" }}
{{- end }}
{{- with $values.kafka.sasl }}
{{- if and .mechanism (not (and .username .password)) }}
{{- $faults = append $faults (printf "kafka.sasl.mechanism %s needs kafka.sasl.username and kafka.sasl.password, each { name: <Secret>, key: <key in it> }" .mechanism) }}
{{- end }}
{{- if and (or .username .password) (not .mechanism) }}
{{- $faults = append $faults "kafka.sasl.username is given without kafka.sasl.mechanism: say plain, scram-sha-256 or scram-sha-512" }}
{{- end }}
{{- end }}
{{- if not $values.mail.from }}
{{- $faults = append $faults "mail.from is empty: give the sender of messages: --set mail.from='311 <311@example.gov>'" }}
{{- end }}
{{- if and (not $values.mail.smtpUrl) (not $values.mail.intoFiles) }}
{{- $faults = append $faults "mail.smtpUrl is missing: messages would be files in a pod and go with it; refer to a Secret, { name, key }, or to try the system out --set mail.intoFiles=true" }}
{{- end }}
{{- with $values.entrance }}
{{- if and (eq .kind "httproute") (not .gateway.name) }}
{{- $faults = append $faults "entrance.kind httproute needs entrance.gateway.name, the Gateway that requests come through" }}
{{- end }}
{{- end }}
{{- range $name, $service := include "city311.services" . | fromJson }}
{{- with $service.scaling }}
{{- if and (ne .by "none") (gt (int .min) (int .max)) }}
{{- $faults = append $faults (printf "services.%s.scaling: min %d is above max %d" $name (int .min) (int .max)) }}
{{- end }}
{{- if and (eq .by "lag") (not $service.consumes) }}
{{- $faults = append $faults (printf "services.%s.scaling.by lag: this service consumes nothing, so it has no lag; say cpu or none" $name) }}
{{- end }}
{{- if and (eq .by "lag") (gt (int .max) (int $values.kafka.partitions)) }}
{{- $faults = append $faults (printf "services.%s.scaling.max %d is above kafka.partitions %d: the consumers beyond would have nothing to do" $name (int .max) (int $values.kafka.partitions)) }}
{{- end }}
{{- end }}
{{- if ge (int $service.preStopSeconds) (int $service.graceSeconds) }}
{{- $faults = append $faults (printf "services.%s: preStopSeconds %d uses up graceSeconds %d, so that the pod would be killed with work in hand" $name (int $service.preStopSeconds) (int $service.graceSeconds)) }}
{{- end }}
{{- range $service.reaches }}
{{- if not (hasKey $values.network.reachable .) }}
{{- $faults = append $faults (printf "services.%s.reaches %s: network.reachable has no such entry" $name .) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $faults }}
{{- fail (printf "\n\nThe values are wrong:\n  - %s\n" (join "\n  - " $faults)) }}
{{- end }}
{{- end }}
