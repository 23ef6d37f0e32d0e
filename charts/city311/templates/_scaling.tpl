{{/* How many pods there are, where that is not a number: by one hand alone. Of: root, name, service. */}}
{{- define "city311.scaling" -}}
{{- $fullname := printf "%s-%s" (include "city311.name" .root) .name }}
{{- $scaling := .service.scaling }}
{{- $kafka := .root.Values.kafka }}
{{- $authenticated := or $kafka.sasl.mechanism $kafka.ca }}
{{- if eq $scaling.by "cpu" -}}
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
  minReplicas: {{ $scaling.min }}
  maxReplicas: {{ $scaling.max }}
  behavior:
    scaleDown: { stabilizationWindowSeconds: {{ $scaling.downAfterSeconds }} }
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: {{ $scaling.cpuPercent }} } }
{{- else if eq $scaling.by "lag" -}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $fullname }}
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
