{{/* What the schema cannot say: faults that lie between two values. All of them are told at once. */}}
{{- define "city311.checks" -}}
{{- $faults := list }}
{{- $values := .Values }}
{{- range $path, $given := dict "eventstore.url" $values.eventstore.url "eventstore.ca" $values.eventstore.ca "kafka.ca" $values.kafka.ca "kafka.sasl.username" $values.kafka.sasl.username "kafka.sasl.password" $values.kafka.sasl.password "mongodb.url" $values.mongodb.url "masterKey" $values.masterKey "mail.smtpUrl" $values.mail.smtpUrl }}
{{- if kindIs "string" $given }}
{{- $faults = append $faults (printf "%s is written out: values are no place for secrets; put it into a Secret and refer to that, { name: <Secret>, key: <key in it> }" $path) }}
{{- end }}
{{- end }}
{{- $faults = concat $faults (include "city311.formFaults" . | fromJsonArray) }}
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
{{- if and (eq $values.topics.manage "strimzi") (gt (int $values.topics.strimzi.minInSyncReplicas) (int $values.kafka.replication)) }}
{{- $faults = append $faults (printf "topics.strimzi.minInSyncReplicas %d is above kafka.replication %d: no event could ever be written" (int $values.topics.strimzi.minInSyncReplicas) (int $values.kafka.replication)) }}
{{- end }}
{{- range $group, $peers := dict "network.entrance" $values.network.entrance "network.monitoring" $values.network.monitoring "network.dns" $values.network.dns }}
{{- range $index, $peer := $peers }}
{{- if and .ipBlock (or (hasKey . "podSelector") (hasKey . "namespaceSelector")) }}
{{- $faults = append $faults (printf "%s[%d]: an ipBlock stands alone, without podSelector and namespaceSelector" $group $index) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $reachable := $values.network.reachable }}
{{- range $index, $peer := $reachable.to }}
{{- if and .ipBlock (or (hasKey . "podSelector") (hasKey . "namespaceSelector")) }}
{{- $faults = append $faults (printf "network.reachable.%s.to[%d]: an ipBlock stands alone, without podSelector and namespaceSelector" $name $index) }}
{{- end }}
{{- end }}
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
{{- range $unit := list "cpu" "memory" }}
{{- $request := get ($service.resources.requests | default dict) $unit }}
{{- $limit := get ($service.resources.limits | default dict) $unit }}
{{- if and $request $limit (gt (include "city311.amount" $request | float64) (include "city311.amount" $limit | float64)) }}
{{- $faults = append $faults (printf "services.%s.resources: the request of %s, %s, is above the limit, %s" $name $unit (include "city311.written" $request) (include "city311.written" $limit)) }}
{{- end }}
{{- end }}
{{- range $index, $toleration := $service.pods.tolerations }}
{{- if and (eq (.operator | default "Equal") "Exists") .value }}
{{- $faults = append $faults (printf "services.%s.pods.tolerations[%d]: with operator Exists there is no value" $name $index) }}
{{- end }}
{{- if and (not .key) (ne (.operator | default "Equal") "Exists") }}
{{- $faults = append $faults (printf "services.%s.pods.tolerations[%d]: without a key, operator is Exists" $name $index) }}
{{- end }}
{{- end }}
{{- range $key, $_ := $service.pods.labels }}
{{- if has $key (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component") }}
{{- $faults = append $faults (printf "services.%s.pods.labels: %s is the chart's own, pods are found by it" $name $key) }}
{{- end }}
{{- end }}
{{- if gt (add $service.drainSeconds 15) (int64 $service.graceSeconds) }}
{{- $faults = append $faults (printf "services.%s: drainSeconds %d leaves less than 15 of graceSeconds %d, so that the pod would be killed with work in hand" $name (int $service.drainSeconds) (int $service.graceSeconds)) }}
{{- end }}
{{- range $service.reaches }}
{{- if not (hasKey $values.network.reachable .) }}
{{- $faults = append $faults (printf "services.%s.reaches %s: network.reachable has no such entry" $name .) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $key, $_ := $values.monitoring.labels }}
{{- if hasKey (include "city311.labels" $ | fromYaml) $key }}
{{- $faults = append $faults (printf "monitoring.labels: %s is the chart's own" $key) }}
{{- end }}
{{- end }}
{{- if $faults }}
{{- fail (printf "\n\nThe values are wrong:\n  - %s\n" (join "\n  - " (uniq $faults))) }}
{{- end }}
{{- end }}
