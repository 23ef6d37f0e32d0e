{{/* One service: everything that TARGET=<name> needs in a cluster. Of: root, name, service. */}}
{{- define "city311.service" -}}
{{- $fullname := printf "%s-%s" (include "city311.name" .root) .name }}
{{- $files := include "city311.files" .root | fromJson }}
{{- $probe := dict "path" "/health/live" "port" "management" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  # The number of pods is its scaler's alone, whatever `scaling.by` says: there is no `replicas` here to be taken out.
  revisionHistoryLimit: 3
  minReadySeconds: 5
  # A new pod is ready before an old one goes: at no moment is there less than what was asked for.
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels:
      {{- include "city311.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .name }}
  template:
    metadata:
      labels:
        {{- include "city311.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .name }}
        {{- with .service.pods.labels }}{{ toYaml . | nindent 8 }}{{ end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .name }}
        {{- with .service.pods.annotations }}{{ toYaml . | nindent 8 }}{{ end }}
    spec:
      serviceAccountName: {{ include "city311.name" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      # No preStop: the process drains itself from the first moment on (DRAIN_MS), each answer ending its connection.
      terminationGracePeriodSeconds: {{ .service.graceSeconds }}
      {{- with .service.pods.priorityClassName }}
      priorityClassName: {{ . | quote }}
      {{- end }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . | quote }}
        {{- end }}
      {{- end }}
      {{- with .service.pods.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .service.pods.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels:
              {{- include "city311.selector" $.root | nindent 14 }}
              app.kubernetes.io/component: {{ $.name }}
        {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "city311.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          env:
            {{- include "city311.environment" . | nindent 12 }}
          ports:
            - { name: http, containerPort: 3110, protocol: TCP }
            - { name: management, containerPort: 9311, protocol: TCP } # figures and health
          # Five minutes: an engine that is away when the process starts is waited for, not a reason to start over.
          startupProbe: { httpGet: {{ toJson $probe }}, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 150 }
          livenessProbe: { httpGet: {{ toJson $probe }}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
          readinessProbe:
            httpGet: { path: /health/ready, port: management }
            periodSeconds: 3
            timeoutSeconds: 3
            failureThreshold: 2
          resources: {{- toYaml .service.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
            {{- range $folder, $_ := $files }}
            - { name: {{ $folder }}, mountPath: /etc/city311/{{ $folder }}, readOnly: true }
            {{- end }}
      volumes:
        - name: data
          {{- if .root.Values.dataVolume.claim }}
          persistentVolumeClaim: { claimName: {{ .root.Values.dataVolume.claim | quote }} }
          {{- else }}
          emptyDir: { sizeLimit: {{ .root.Values.dataVolume.sizeLimit }} }
          {{- end }}
        - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
        {{- range $folder, $file := $files }}
        - name: {{ $folder }}
          secret:
            secretName: {{ $file.ref.name | quote }}
            defaultMode: 0440
            items: [{ key: {{ $file.ref.key | quote }}, path: {{ $file.file }} }]
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
    city311.org/metrics: 'true'
spec:
  selector:
    {{- include "city311.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
  ports:
    - { name: http, port: 80, targetPort: http, protocol: TCP }
    - { name: management, port: 9311, targetPort: management, protocol: TCP }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "city311.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .name }}
{{- end }}
