{{/*
How many pods there are, by one hand alone. Where `scaling.by` is none that is a HorizontalPodAutoscaler too, whose least
and most are the same. Of: root, name, service.
*/}}
{{- define "city311.scaling" -}}
{{- $fullname := printf "%s-%s" (include "city311.name" .root) .name }}
{{- $scaling := .service.scaling }}
{{- $kafka := .root.Values.kafka }}
{{- $isFixed := eq $scaling.by "none" }}
{{- $authenticated := or $kafka.sasl.mechanism $kafka.ca }}
{{- if ne $scaling.by "lag" -}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ $fullname }} }
  minReplicas: {{ ternary .service.replicas $scaling.min $isFixed }}
  maxReplicas: {{ ternary .service.replicas $scaling.max $isFixed }}
  behavior:
    scaleDown: { stabilizationWindowSeconds: {{ $scaling.downAfterSeconds }} }
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: {{ $scaling.cpuPercent }} } }
{{- else -}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $fullname }}
  annotations:
    # Where `scaling.by` was another, its autoscaler goes only after this is made: for that moment there are two.
    validations.keda.sh/hpa-ownership: 'false'
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ $fullname }} }
  # Never to none: timers and views are in these processes too.
  minReplicaCount: {{ $scaling.min }}
  maxReplicaCount: {{ $scaling.max }}
  pollingInterval: 15
  # Where lag cannot be read, as many as a quiet day needs, or as many as there are.
  fallback: { failureThreshold: 4, replicas: {{ $scaling.min }}, behavior: currentReplicasIfHigher }
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleDown: { stabilizationWindowSeconds: {{ $scaling.downAfterSeconds }} }
  triggers:
    {{- range .service.consumes }}
    - type: kafka
      metadata:
        bootstrapServers: {{ join "," $kafka.brokers | quote }}
        consumerGroup: {{ .group }}
        topic: {{ .topic }}
        lagThreshold: {{ $scaling.lagPerReplica | int | toString | quote }}
        offsetResetPolicy: earliest
        tls: {{ ternary "enable" "disable" $kafka.tls }}
        sasl: {{ $kafka.sasl.mechanism | default "none" | replace "scram-sha-" "scram_sha" | replace "plain" "plaintext" }}
      {{- if $authenticated }}
      authenticationRef: { name: {{ include "city311.name" $.root }}-kafka }
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
